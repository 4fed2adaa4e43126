/** An open tool. All tools are in one file, which is fetched with the first. */
import {Calculator} from "./Calculator";
import {FinancialCalculator} from "./FinancialCalculator";
import {PeriodicTable} from "./PeriodicTable";
import {ChiTable, NormalTable, StudentTable} from "./StatisticalTables";
import type {Asked} from "./Tools";
import "./tools.css";
import type {Tool, ToolWords} from "./words";

export default function Panel({tool, asked, words}: {tool: Tool; asked: Asked; words: ToolWords}) {
    switch (tool) {
        case "calculator":
            return <Calculator variant={asked.variant} words={words} />;
        case "periodicTable":
            return <PeriodicTable withKey={asked.withKey} words={words} />;
        case "zTable":
            return <NormalTable words={words} />;
        case "tTable":
            return <StudentTable words={words} />;
        case "chi2Table":
            return <ChiTable words={words} />;
        default:
            return <FinancialCalculator tool={tool} words={words} />;
    }
}
