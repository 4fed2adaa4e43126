/** What loans cost, paid back in equal amounts once a month. */

/** What is paid each month; null where that can't be said. */
export function monthlyPayment(loan: number, percentYearly: number, months: number): number | null {
    const rate = percentYearly / 1200;
    if (!(loan >= 0 && rate >= 0 && months > 0)) {
        return null;
    }
    return rate === 0 ? loan / months : (loan * rate) / (1 - (1 + rate) ** -months);
}

/** What is paid in all. */
export function totalAmount(loan: number, percentYearly: number, months: number): number | null {
    const payment = monthlyPayment(loan, percentYearly, months);
    return payment === null ? null : payment * months;
}

/** After how many months nothing is owed any more; null where the payment does not even cover the interest. */
export function monthsToPayOff(loan: number, percentYearly: number, payment: number): number | null {
    const rate = percentYearly / 1200;
    if (!(loan >= 0 && rate >= 0 && payment > 0) || payment <= loan * rate) {
        return null;
    }
    const months = rate === 0 ? loan / payment : -Math.log(1 - (loan * rate) / payment) / Math.log(1 + rate);
    // A month that only rounding began is none.
    return Math.ceil(months - 1e-9);
}
