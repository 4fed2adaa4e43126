/**
 * What Perseus is given by its surroundings: formulas, pictures, and no way out. Nothing here asks the network,
 * counts learners or logs them.
 */
import {Dependencies, init} from "@khanacademy/perseus";
import type {PerseusDependencies, PerseusDependenciesV2} from "@khanacademy/perseus";
import "../base.css";
import "@khanacademy/wonder-blocks-tokens/styles.css";
import "@khanacademy/math-input/styles.css";
import "@khanacademy/perseus/styles.css";
import "katex/dist/katex.min.css";
import {Formula} from "./Formula";
import {standIns} from "./StandIn";
import protractor from "./protractor.svg";

type Complaint = (message: string) => void;

/** Pictures of Perseus's own tools, which it takes from Khan Academy's servers. */
const TOOLS: Record<string, string> = {
    "https://cdn.kastatic.org/images/perseus/protractor.svg": protractor,
    // The same one without its margins, 360 by 180.
    "https://ka-perseus-graphie.s3.amazonaws.com/e9d032f2ab8b95979f674fbfa67056442ba1ff6a.png": `${protractor}#svgView(viewBox(15,10,360,180))`,
};

/** Makes Perseus ready; `complain` hears what it could not show. */
export function setUp(complain: Complaint): void {
    const labels = {addLabel: () => {}};
    const dependencies = {
        JIPT: {useJIPT: false},
        graphieMovablesJiptLabels: labels,
        svgImageJiptLabels: labels,
        rendererTranslationComponents: {addComponent: () => -1, removeComponentAtIndex: () => {}},
        TeX: Formula,
        staticUrl: (address?: string | null) => (address ? (TOOLS[address] ?? "") : address),
        InitialRequestUrl: {origin: "null", host: "", protocol: "https:"},
        isDevServer: false,
        kaLocale: "en",
        Log: {log: () => {}, error: (message: string) => complain(message)},
    } as unknown as PerseusDependencies;
    Dependencies.setDependencies(dependencies);
    init();
    standIns();
}

export const surroundings: PerseusDependenciesV2 = {
    analytics: {onAnalyticsEvent: async () => {}},
    generateUrl: ({url}) => url,
    useVideo: () => ({status: "success", data: {video: null}}),
};
