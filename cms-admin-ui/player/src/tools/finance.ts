/** The cost of loans that are paid back in equal monthly amounts. */

/** The monthly payment; null if it can't be computed. */
export function monthlyPayment(loan: number, percentYearly: number, months: number): number | null {
    const rate = percentYearly / 1200;
    if (!(loan >= 0 && rate >= 0 && months > 0)) {
        return null;
    }
    return rate === 0 ? loan / months : (loan * rate) / (1 - (1 + rate) ** -months);
}

/** The total of all payments. */
export function totalAmount(loan: number, percentYearly: number, months: number): number | null {
    const payment = monthlyPayment(loan, percentYearly, months);
    return payment === null ? null : payment * months;
}

/** The number of months until nothing is owed any more; null if the payment does not even cover the interest. */
export function monthsToPayOff(loan: number, percentYearly: number, payment: number): number | null {
    const rate = percentYearly / 1200;
    if (!(loan >= 0 && rate >= 0 && payment > 0) || payment <= loan * rate) {
        return null;
    }
    const months = rate === 0 ? loan / payment : -Math.log(1 - (loan * rate) / payment) / Math.log(1 + rate);
    // A month that exists only because of rounding does not count.
    return Math.ceil(months - 1e-9);
}
