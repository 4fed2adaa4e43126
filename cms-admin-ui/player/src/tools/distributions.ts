/**
 * The distributions whose tables hang on classroom walls, computed: the normal one, Student's t and chi-squared.
 *
 * They use the incomplete gamma and beta functions, as power series and continued fractions (Press et al., Numerical
 * Recipes, chapter 6), and bisection for their inverses. Results are good to twelve digits, of which tables show
 * four.
 */

const STEPS_MAX = 1000;
const NEAR = 1e-16;
const LANCZOS = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
    9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The probability that a standard normal value is at most `z`. */
export function normalBelow(z: number): number {
    const half = gammaBelow(0.5, (z * z) / 2) / 2;
    return z < 0 ? 0.5 - half : 0.5 + half;
}

/** The probability that a value of Student's t is above `t`. */
export function tAbove(t: number, freedom: number): number {
    const tail = betaBelow(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
    return t < 0 ? 1 - tail : tail;
}

/** The probability that a value of chi-squared is above `x`. */
export function chiAbove(x: number, freedom: number): number {
    return 1 - gammaBelow(freedom / 2, x / 2);
}

/**
 * The value that is exceeded with the probability `tail`. With infinite degrees of freedom it is the normal
 * distribution's.
 */
export function tOf(tail: number, freedom: number): number {
    return Number.isFinite(freedom) ? turned((t) => tAbove(t, freedom), tail) : turned((z) => 1 - normalBelow(z), tail);
}

/** The same for chi-squared. */
export function chiOf(tail: number, freedom: number): number {
    return turned((x) => chiAbove(x, freedom), tail);
}

/** The point at which a falling function has a value. */
function turned(falling: (at: number) => number, value: number): number {
    let low = 0;
    let high = 1;
    while (falling(high) > value && high < 1e9) {
        high *= 2;
    }
    for (let step = 0; step < 200 && high - low > 1e-12 * high; step += 1) {
        const middle = (low + high) / 2;
        if (falling(middle) > value) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

function logGamma(x: number): number {
    const [first = 0, ...rest] = LANCZOS;
    const base = x + 6.5;
    const sum = rest.reduce((all, part, index) => all + part / (x + index), first);
    return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

/** The lower incomplete gamma function, as a fraction of the whole. */
function gammaBelow(a: number, x: number): number {
    if (x <= 0) {
        return 0;
    }
    const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
    if (x < a + 1) {
        let term = 1 / a;
        let sum = term;
        for (let step = 1; step < STEPS_MAX && Math.abs(term) > Math.abs(sum) * NEAR; step += 1) {
            term *= x / (a + step);
            sum += term;
        }
        return sum * scale;
    }
    return 1 - scale * fraction((step) => (step === 0 ? [1, x + 1 - a] : [-step * (step - a), x + 2 * step + 1 - a]));
}

/** The incomplete beta function, as a fraction of the whole. */
function betaBelow(x: number, a: number, b: number): number {
    if (x <= 0 || x >= 1) {
        return x <= 0 ? 0 : 1;
    }
    if (x > (a + 1) / (a + b + 2)) {
        return 1 - betaBelow(1 - x, b, a);
    }
    const scale = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
    const numerator = (step: number) => {
        const half = Math.floor(step / 2);
        return step % 2 === 0
            ? (half * (b - half) * x) / ((a + step - 1) * (a + step))
            : (-(a + half) * (a + b + half) * x) / ((a + step - 1) * (a + step));
    };
    return scale * fraction((step) => [step === 0 ? 1 : numerator(step), 1]);
}

/** A continued fraction by Lentz's method: `numerator₀ / (denominator₀ + numerator₁ / (denominator₁ + …))`. */
function fraction(part: (step: number) => [number, number]): number {
    const tiny = 1e-300;
    let value = tiny;
    let above = tiny;
    let below = 0;
    for (let step = 0; step < STEPS_MAX; step += 1) {
        const [numerator, denominator] = part(step);
        below = denominator + numerator * below || tiny;
        above = denominator + numerator / above || tiny;
        below = 1 / below;
        const change = above * below;
        value *= change;
        if (Math.abs(change - 1) < NEAR * 10) {
            break;
        }
    }
    return value;
}
