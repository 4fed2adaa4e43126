/** Text with widgets that remember their own input: a section, a checkpoint, its hint. */
import {Renderer} from "@khanacademy/perseus";
import type {PerseusRenderer, UserInputMap} from "@khanacademy/perseus-core";
import {linterContextDefault} from "@khanacademy/perseus-linter";
import {useContext, useRef, useState} from "react";
import type {ComponentProps} from "react";
import {perseusWords} from "../perseus/words";
import {startOf} from "../input/start";
import {AskingContext} from "./asking";

type Given = ComponentProps<typeof Renderer>;

interface Props {
    renderer: PerseusRenderer;
    apiOptions: Given["apiOptions"];
    keypad: Given["keypadElement"];
    onInput?: (input: UserInputMap) => void;
}

export function Live({renderer, apiOptions, keypad, onInput}: Props) {
    const {locale, seed} = useContext(AskingContext);
    const [input, setInput] = useState<UserInputMap>(() => startOf(renderer.widgets, seed));
    const latest = useRef(input);
    return (
        <Renderer
            content={renderer.content}
            widgets={renderer.widgets}
            images={renderer.images}
            problemNum={seed}
            apiOptions={apiOptions}
            keypadElement={keypad}
            userInput={input}
            handleUserInput={(id, value) => {
                // Two widgets may change within one turn: the later change must not forget the earlier one.
                latest.current = {...latest.current, [id]: value} as UserInputMap;
                setInput(latest.current);
                onInput?.(latest.current);
            }}
            linterContext={linterContextDefault}
            strings={perseusWords(locale)}
        />
    );
}
