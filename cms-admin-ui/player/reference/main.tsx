/**
 * Perseus by itself, as its own default page shows it: its CSS, the page below it that Khan Academy's has, and
 * formulas set by Khan Academy's MathJax. Tests compare the player with it; it is not a part of the player.
 */
import "./page.css";
import "@khanacademy/wonder-blocks-tokens/styles.css";
import "@khanacademy/math-input/styles.css";
import "@khanacademy/perseus/styles.css";
import "@khanacademy/mathjax-renderer/src/css/mathjax.css";
import "@khanacademy/mathjax-renderer/src/css/safari-hacks.css";
import "@khanacademy/mathjax-renderer/src/css/selectable.css";
import {KeypadContext, StatefulKeypadContextProvider} from "@khanacademy/keypad-context";
import {MathInputI18nContextProvider} from "@khanacademy/math-input";
import {mockStrings as keypadWords} from "@khanacademy/math-input/strings";
import {MathJaxRenderer} from "@khanacademy/mathjax-renderer";
import {ArticleRenderer, Dependencies, DependenciesContext, PerseusI18nContextProvider, Renderer, ServerItemRenderer, Widgets, init} from "@khanacademy/perseus";
import type {PerseusDependencies, PerseusDependenciesV2} from "@khanacademy/perseus";
import {parseAndMigratePerseusArticle, parseAndMigratePerseusItem, splitPerseusItem} from "@khanacademy/perseus-core";
import {linterContextDefault} from "@khanacademy/perseus-linter";
import {mockStrings} from "@khanacademy/perseus/strings";
import {RenderStateRoot} from "@khanacademy/wonder-blocks-core";
import {useEffect, useLayoutEffect, useMemo, useRef} from "react";
import type {ReactNode} from "react";
import {flushSync} from "react-dom";
import {createRoot} from "react-dom/client";

const maths = new MathJaxRenderer({shouldFixUnicodeLayout: true, fontURL: "./fonts", locale: "en"});

function TeX({children, onRender}: {children: string; onRender?: () => void}) {
    const place = useRef<HTMLSpanElement>(null);
    const {domElement} = useMemo(() => maths.render(children), [children]);
    useLayoutEffect(() => place.current?.replaceChildren(domElement), [domElement]);
    useEffect(() => {
        maths.updateStyles();
        onRender?.();
    }, [children, onRender]);
    return <span ref={place} data-tex={children} />;
}

const labels = {addLabel: () => {}};
Dependencies.setDependencies({
    JIPT: {useJIPT: false},
    graphieMovablesJiptLabels: labels,
    svgImageJiptLabels: labels,
    rendererTranslationComponents: {addComponent: () => -1, removeComponentAtIndex: () => {}},
    TeX,
    staticUrl: (address?: string | null) => address,
    InitialRequestUrl: {origin: location.origin, host: location.host, protocol: location.protocol},
    isDevServer: false,
    kaLocale: "en",
    Log: {log: () => {}, error: () => {}},
} as unknown as PerseusDependencies);
init();

const surroundings: PerseusDependenciesV2 = {
    analytics: {onAnalyticsEvent: async () => {}},
    generateUrl: ({url}) => url,
    useVideo: () => ({status: "success", data: {video: null}}),
};

const root = createRoot(document.getElementById("root") as HTMLElement);
let turn = 0;

function draw(body: (keypad: never) => ReactNode): void {
    turn += 1;
    flushSync(() =>
        root.render(
            <RenderStateRoot key={turn}>
                <PerseusI18nContextProvider locale="en" strings={mockStrings}>
                    <MathInputI18nContextProvider locale="en" strings={keypadWords}>
                        <StatefulKeypadContextProvider>
                            <DependenciesContext.Provider value={surroundings}>
                                <KeypadContext.Consumer>{({keypadElement}) => body(keypadElement as never)}</KeypadContext.Consumer>
                            </DependenciesContext.Provider>
                        </StatefulKeypadContextProvider>
                    </MathInputI18nContextProvider>
                </PerseusI18nContextProvider>
            </RenderStateRoot>,
        ),
    );
}

const parsed = (result: {type: string; value?: unknown}, otherwise: unknown) => (result.type === "success" ? result.value : otherwise) as never;

Object.assign(window, {
    widgetTypes: () => Widgets.getAllWidgetTypes(),
    showItem: (item: {hints?: unknown[]}, hintsVisible = 0) =>
        draw((keypad) => (
            <div className="framework-perseus box-sizing-border-box-reset">
                <ServerItemRenderer
                    item={{...splitPerseusItem(parsed(parseAndMigratePerseusItem(item), item)), hints: (parsed(parseAndMigratePerseusItem(item), item) as {hints: never}).hints}}
                    problemNum={0}
                    hintsVisible={hintsVisible}
                    apiOptions={{}}
                    showSolutions="none"
                    keypadElement={keypad}
                    dependencies={surroundings}
                    {...({linterContext: linterContextDefault} as object)}
                />
            </div>
        )),
    showArticle: (sections: unknown[]) =>
        draw((keypad) => (
            <div className="box-sizing-border-box-reset">
                <ArticleRenderer
                    json={parsed(parseAndMigratePerseusArticle(sections), sections)}
                    apiOptions={{isArticle: true}}
                    keypadElement={keypad}
                    dependencies={surroundings}
                    {...({} as {linterContext: never})}
                />
            </div>
        )),
    showProse: (content: string) =>
        draw(() => (
            <div className="framework-perseus box-sizing-border-box-reset">
                <Renderer content={content} widgets={{}} images={{}} linterContext={linterContextDefault} strings={mockStrings} />
            </div>
        )),
});
