/** The surroundings that Perseus's parts expect: words, locale, the keypad. */
import {KeypadContext, StatefulKeypadContextProvider} from "@khanacademy/keypad-context";
import type {KeypadAPI} from "@khanacademy/math-input";
import {MathInputI18nContextProvider} from "@khanacademy/math-input";
import {mockStrings as keypadWords} from "@khanacademy/math-input/strings";
import {DependenciesContext, PerseusI18nContextProvider} from "@khanacademy/perseus";
import {RenderStateRoot} from "@khanacademy/wonder-blocks-core";
import {Component} from "react";
import type {ErrorInfo, PropsWithChildren, ReactNode} from "react";
import {surroundings} from "./perseus/setup";
import {perseusWords} from "./perseus/words";
import {words} from "./words";

export function Root({locale, children}: {locale: string; children: (keypad: KeypadAPI | null) => ReactNode}) {
    return (
        <RenderStateRoot>
            <PerseusI18nContextProvider locale={locale} strings={perseusWords(locale)}>
                <MathInputI18nContextProvider locale={locale} strings={keypadWords}>
                    <StatefulKeypadContextProvider>
                        <DependenciesContext.Provider value={surroundings}>
                            <KeypadContext.Consumer>
                                {({keypadElement}) => children((keypadElement as KeypadAPI | null | undefined) ?? null)}
                            </KeypadContext.Consumer>
                        </DependenciesContext.Provider>
                    </StatefulKeypadContextProvider>
                </MathInputI18nContextProvider>
            </PerseusI18nContextProvider>
        </RenderStateRoot>
    );
}

type GuardProps = PropsWithChildren<{onError: (message: string) => void}>;

/** Keeps a failure inside it from breaking the rest. */
export class Guard extends Component<GuardProps, {isBroken: boolean}> {
    override state = {isBroken: false};

    static getDerivedStateFromError(): {isBroken: boolean} {
        return {isBroken: true};
    }

    override componentDidCatch(error: unknown, _: ErrorInfo): void {
        this.props.onError(String(error));
    }

    override render(): ReactNode {
        return this.state.isBroken ? (
            <p className="broken" role="alert">
                {words().broken}
            </p>
        ) : (
            this.props.children
        );
    }
}
