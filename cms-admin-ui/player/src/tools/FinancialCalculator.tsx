/** What a loan costs each month and in total, and when it is paid off. */
import {useState} from "react";
import {ascii} from "../input/digits";
import {monthlyPayment, monthsToPayOff, totalAmount} from "./finance";
import type {Tool, ToolWords} from "./words";

type Field = "loan" | "rate" | "months" | "payment";

export function FinancialCalculator({tool, words}: {tool: Tool; words: ToolWords}) {
    const [typed, setTyped] = useState<Record<Field, string>>({loan: "", rate: "", months: "", payment: ""});
    const fields: Field[] = ["loan", "rate", tool === "financialCalculatorTimeToPayOff" ? "payment" : "months"];
    const isWhole = fields.every((field) => typed[field].trim() !== "");
    return (
        <div className="financial">
            {fields.map((field) => (
                <label key={field}>
                    {words[field]}
                    <input type="text" inputMode="decimal" value={typed[field]} onChange={(event) => setTyped({...typed, [field]: event.target.value})} />
                </label>
            ))}
            <p role="status">{isWhole ? told(tool, typed, words) : ""}</p>
        </div>
    );
}

function told(tool: Tool, typed: Record<Field, string>, words: ToolWords): string {
    const value = (field: Field) => Number(ascii(typed[field]).replace(/[\s$€£,%]/g, ""));
    const [loan, rate] = [value("loan"), value("rate")];
    if (tool === "financialCalculatorTimeToPayOff") {
        const payment = value("payment");
        const months = monthsToPayOff(loan, rate, payment);
        return months === null ? (payment > 0 && rate >= 0 ? words.never : words.noResult) : `${words.payOff}: ${words.monthCount(months)}`;
    }
    const isTotal = tool === "financialCalculatorTotalAmount";
    const amount = (isTotal ? totalAmount : monthlyPayment)(loan, rate, value("months"));
    return amount === null ? words.noResult : `${isTotal ? words.inAll : words.perMonth}: ${amount.toFixed(2)}`;
}
