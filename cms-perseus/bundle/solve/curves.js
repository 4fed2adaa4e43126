/**
 * Whether lines and curves pass through enough places on which points can rest. Learners draw them with such points,
 * and any points on the right line will do.
 */
import {isOn} from "./scales.js";

const NEAR = 1e-6;
/** The most places to examine along a graph; a graph with more is not judged. */
const PLACES_MAX = 10_000;

/** Whether there are enough places; also true if that can't be determined. */
export function enoughPlaces(correct, range, steps) {
    const {type, coords} = correct;
    if (!(steps[0] > 0) || !(steps[1] > 0)) {
        return true;
    }
    const places = (curve) => resting(curve, range, steps);
    switch (type) {
        case "linear":
            return places(line(coords)).length >= 2;
        case "linear-system":
            return coords.every((pair) => places(line(pair)).length >= 2);
        case "ray":
            return places(line(coords)).some((place) => isAhead(coords, place));
        case "absolute-value":
            return places(vee(coords)).some(([x]) => Math.abs(x - coords[0][0]) > NEAR);
        case "quadratic":
            return places(parabola(coords)).length >= 3;
        case "exponential":
            return isOn(correct.asymptote, steps[1]) && places(exponential(correct)).length >= 2;
        case "logarithm":
            return isOn(correct.asymptote, steps[0]) && places(logarithm(correct)).length >= 2;
        case "sinusoid":
            return isRepeated(coords, 2, range, steps);
        case "tangent":
            return isRepeated(coords, 4, range, steps);
        default:
            return true;
    }
}

/** A graph as a function from an x to the place on it; for a vertical line, from a y. */
const line = ([[x0, y0], [x1, y1]]) =>
    Math.abs(x1 - x0) < NEAR ? {isVertical: true, at: (y) => [x0, y]} : {at: (x) => [x, y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)]};

const vee = ([[x0, y0], [x1, y1]]) => ({at: (x) => [x, y0 + ((y1 - y0) * Math.abs(x - x0)) / Math.abs(x1 - x0)]});

function parabola([[x0, y0], [x1, y1], [x2, y2]]) {
    const part = (y, x, a, b) => y / ((x - a) * (x - b));
    const by = (x) => part(y0, x0, x1, x2) * (x - x1) * (x - x2) + part(y1, x1, x0, x2) * (x - x0) * (x - x2) + part(y2, x2, x0, x1) * (x - x0) * (x - x1);
    return {at: (x) => [x, by(x)]};
}

function exponential({coords: [[x0, y0], [x1, y1]], asymptote}) {
    const rate = Math.log((y1 - asymptote) / (y0 - asymptote)) / (x1 - x0);
    return {at: (x) => [x, asymptote + (y0 - asymptote) * Math.exp(rate * (x - x0))]};
}

function logarithm({coords: [[x0, y0], [x1, y1]], asymptote}) {
    const slope = (y1 - y0) / Math.log((x1 - asymptote) / (x0 - asymptote));
    return {at: (x) => [x, y0 + slope * Math.log((x - asymptote) / (x0 - asymptote))]};
}

/** The visible places of a graph on which points can rest. */
function resting({isVertical = false, at}, range, steps) {
    const [low, high] = isVertical ? range[1] : range[0];
    const step = isVertical ? steps[1] : steps[0];
    const found = [];
    const first = Math.ceil(low / step - NEAR);
    const count = Math.floor(high / step + NEAR) - first + 1;
    for (let index = first; index < first + Math.min(count, PLACES_MAX); index++) {
        const place = at(index * step);
        if (place.every(Number.isFinite) && isIn(place, range) && isOn(place[0], steps[0]) && isOn(place[1], steps[1])) {
            found.push(place);
        }
    }
    return found;
}

/** A wave may be drawn from any of its midpoints, one in each `periods`-th part of a period. */
function isRepeated([[x0, y0], [x1, y1]], periods, range, steps) {
    const quarter = x1 - x0;
    const apart = Math.abs(quarter) * (periods === 2 ? 2 : 4);
    for (let count = Math.ceil((range[0][0] - x0) / apart); x0 + count * apart <= range[0][1] + NEAR && count < PLACES_MAX; count++) {
        const middle = [x0 + count * apart, y0];
        const ends = [quarter, -quarter].map((step, index) => {
            const isTurned = (periods === 2 && count % 2 !== 0) !== (index === 1);
            return [middle[0] + step, isTurned ? y0 - (y1 - y0) : y1];
        });
        if (rests(middle, range, steps) && ends.some((end) => rests(end, range, steps))) {
            return true;
        }
    }
    return false;
}

const rests = (place, range, steps) => isIn(place, range) && isOn(place[0], steps[0]) && isOn(place[1], steps[1]);

const isIn = ([x, y], [[left, right], [low, high]]) => x >= left - NEAR && x <= right + NEAR && y >= low - NEAR && y <= high + NEAR;

function isAhead([[x0, y0], [x1, y1]], [x, y]) {
    return (x - x0) * (x1 - x0) + (y - y0) * (y1 - y0) > NEAR;
}

/** Whether sides of a polygon cross that are not neighbours. */
export function crosses(points) {
    const side = (index) => [points[index], points[(index + 1) % points.length]];
    const turn = ([ax, ay], [bx, by], [cx, cy]) => Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
    for (let one = 0; one < points.length; one++) {
        for (let other = one + 2; other < points.length; other++) {
            if (one === 0 && other === points.length - 1) {
                continue;
            }
            const [[a, b], [c, d]] = [side(one), side(other)];
            if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) {
                return true;
            }
        }
    }
    return false;
}
