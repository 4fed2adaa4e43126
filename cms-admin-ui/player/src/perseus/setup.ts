/**
 * What Perseus gets from its surroundings: formulas, pictures, and no way out. Nothing here uses the network, counts
 * learners or logs them.
 */
import {Dependencies, init} from "@khanacademy/perseus";
import type {PerseusDependencies, PerseusDependenciesV2} from "@khanacademy/perseus";
import "../base.css";
import "@khanacademy/wonder-blocks-tokens/styles.css";
import "@khanacademy/math-input/styles.css";
import "@khanacademy/perseus/styles.css";
import "katex/dist/katex.min.css";
import {gradedGroups} from "../groups/GradedGroup";
import {Formula} from "./Formula";
import {standIns} from "./StandIn";
import curves from "./curves.svg";
import protractor from "./protractor.svg";

type Complaint = (message: string) => void;

const GRAPHIES = "https://ka-perseus-graphie.s3.amazonaws.com";
/** The drawings on a grapher's buttons, in the order of the curves in their picture. */
const CURVES = [
    "67aaf581e6d9ef9038c10558a1f70ac21c11c9f8", // linear
    "e23d36e6fc29ee37174e92c9daba2a66677128ab", // quadratic
    "3d68e7718498475f53b206c2ab285626baf8857e", // sinusoid
    "7db80d23c35214f98659fe1cf0765811c1bbfbba", // tangent
    "9cbfad55525e3ce755a31a631b074670a5dad611", // exponential
    "f6491e99d34af34d924bfe0231728ad912068dc3", // logarithm
    "8256a630175a0cb1d11de223d6de0266daf98721", // absolute value
];

/** Pictures of Perseus's own tools, which it takes from Khan Academy's servers. */
const TOOLS: Record<string, string> = {
    ...Object.fromEntries(CURVES.map((name, index) => [`${GRAPHIES}/${name}.png`, `${curves}#svgView(viewBox(${index * 24},0,24,24))`])),
    "https://cdn.kastatic.org/images/perseus/protractor.svg": protractor,
    // The same protractor without its margins, 360 by 180.
    [`${GRAPHIES}/e9d032f2ab8b95979f674fbfa67056442ba1ff6a.png`]: `${protractor}#svgView(viewBox(15,10,360,180))`,
};

/** Makes Perseus ready. `complain` is called with what it could not show. */
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
    gradedGroups();
}

export const surroundings: PerseusDependenciesV2 = {
    analytics: {onAnalyticsEvent: async () => {}},
    generateUrl: ({url}) => url,
    useVideo: () => ({status: "success", data: {video: null}}),
};
