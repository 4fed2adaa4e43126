/**
 * Groups of widgets with a check button of their own: checkpoints in articles, parts of a question.
 *
 * Perseus would score them here, where the answers are not available. These ask the page around the player, which
 * asks the server, and they look like Perseus's own. If the page checks nothing there is no button, because one that
 * does nothing would mislead.
 */
import {Widgets, usePerseusI18n} from "@khanacademy/perseus";
import type {PerseusRenderer, UserInputMap} from "@khanacademy/perseus-core";
import {mapErrorToString} from "@khanacademy/perseus/strings";
import Button from "@khanacademy/wonder-blocks-button";
import Clickable from "@khanacademy/wonder-blocks-clickable";
import {forwardRef, useContext, useId, useRef, useState} from "react";
import type {ComponentProps, ComponentType} from "react";
import type {Renderer} from "@khanacademy/perseus";
import {readable} from "../input/digits";
import {emptyParts, placed} from "../input/empty";
import type {Fields, Media} from "../protocol";
import {startOf} from "../input/start";
import {words} from "../words";
import {AskingContext, PlaceContext} from "./asking";
import type {Checked} from "./asking";
import {Live} from "./Live";
import {Prose} from "../shown/Prose";

type Given = ComponentProps<typeof Renderer>;

/** What Perseus gives to every widget, and the group's own options. */
interface GroupProps {
    widgetId: string;
    apiOptions: Given["apiOptions"];
    keypadElement: Given["keypadElement"];
    title?: string | null;
    content: string;
    widgets?: PerseusRenderer["widgets"];
    images?: PerseusRenderer["images"];
    hint?: PerseusRenderer | null;
    /** The group's name for screen readers, if its title is shown elsewhere. */
    label?: string;
    /** Goes on to the next group of a set. */
    onNext?: (() => void) | null;
}

const NO_MEDIA = {};

interface Told {
    outcome: Outcome;
    message: string;
    /** Pictures of the message to the answer. */
    media?: Media;
}

type Outcome = "none" | "asking" | "correct" | "incorrect" | "told";

export function GradedGroup({widgetId, apiOptions, keypadElement, title, content, widgets = {}, images = {}, hint, label, onNext}: GroupProps) {
    const asking = useContext(AskingContext);
    const around = useContext(PlaceContext);
    const {strings} = usePerseusI18n();
    const place = {section: around.section, path: [...around.path, widgetId]};
    const where = {section: place.section, part: place.path.join("/")};
    const input = useRef<UserInputMap | null>(null);
    const [{outcome, message, media = NO_MEDIA}, tell] = useState<Told>({outcome: "none", message: ""});
    const name = useId();

    const check = async () => {
        if (!asking.check || outcome === "asking") {
            return;
        }
        const entered = input.current ?? startOf(widgets, asking.seed);
        if (emptyParts(widgets, placed(content, widgets), entered, asking.locale).length > 0) {
            tell({outcome: "told", message: mapErrorToString("EMPTY_RESPONSE_ERROR", strings) ?? ""});
            return;
        }
        tell({outcome: "asking", message: ""});
        const checked = await asking.check(where, readable(entered as unknown as Fields, widgets as unknown as Fields)).catch(() => null);
        // An answer that was changed meanwhile is not the one that was scored.
        tell((now) => (now.outcome === "asking" ? told(checked, strings) : now));
    };

    const icon = outcome === "correct" ? "✓" : outcome === "incorrect" ? "✗" : null;
    const status = outcome === "correct" ? strings.correct : outcome === "incorrect" ? strings.incorrect : null;
    return (
        <PlaceContext.Provider value={place}>
            <div
                className={`perseus-graded-group${outcome === "correct" ? " answer-correct" : outcome === "incorrect" ? " answer-incorrect" : ""}`}
                role="group"
                aria-labelledby={title ? name : undefined}
                aria-label={title ? undefined : label}
            >
                {title && (
                    <div className="group-title" id={name}>
                        {title}
                    </div>
                )}
                <Live
                    renderer={{content, widgets, images}}
                    apiOptions={apiOptions}
                    keypad={keypadElement}
                    onInput={(entered) => {
                        input.current = entered;
                        tell({outcome: "none", message: ""});
                    }}
                />
                <div className="group-outcome" role="status">
                    {status && (
                        <p className={`group-status group-${outcome}`}>
                            <span aria-hidden="true">{icon}</span> {status}
                        </p>
                    )}
                    <Prose text={message} media={media} locale={asking.locale} />
                </div>
                {asking.check && (
                    <Button kind="secondary" disabled={Boolean(apiOptions?.readOnly)} onClick={() => void check()}>
                        {strings.check}
                    </Button>
                )}
                {onNext && outcome === "correct" && (
                    <Button kind="secondary" style={{marginInlineStart: 5}} onClick={onNext}>
                        {strings.nextQuestion}
                    </Button>
                )}
                {hint && <Hint hint={hint} where={where} apiOptions={apiOptions} keypad={keypadElement} />}
            </div>
        </PlaceContext.Provider>
    );
}

type Strings = ReturnType<typeof usePerseusI18n>["strings"];

function told(checked: Checked | null, strings: Strings): Told {
    if (checked === null) {
        return {outcome: "told", message: words().cannotCheck};
    }
    const {score, media} = checked;
    const message = mapErrorToString(score.message, strings) ?? "";
    if (score.type === "invalid") {
        const {INVALID_MESSAGE_PREFIX, DEFAULT_INVALID_MESSAGE_1, DEFAULT_INVALID_MESSAGE_2} = strings;
        return {outcome: "told", message: `${INVALID_MESSAGE_PREFIX} ${message || DEFAULT_INVALID_MESSAGE_1 + DEFAULT_INVALID_MESSAGE_2}`, media};
    }
    if (score.total <= 0) {
        return {outcome: "told", message: message || words().notCounted};
    }
    return {outcome: score.earned >= score.total ? "correct" : "incorrect", message, media};
}

/** A group's own hint. A draft has it here; a delivered document has only its place, so the page is asked for it. */
function Hint({hint, where, apiOptions, keypad}: {hint: PerseusRenderer; where: {section: string | null; part: string}; apiOptions: Given["apiOptions"]; keypad: Given["keypadElement"]}) {
    const {hint: ask} = useContext(AskingContext);
    const {strings} = usePerseusI18n();
    const [isOpen, setOpen] = useState(false);
    const [text, setText] = useState<PerseusRenderer | null>(hint.content ? hint : null);
    const [isMissing, setMissing] = useState(false);
    const id = useId();
    if (!text && !ask) {
        return null;
    }
    const open = async () => {
        setOpen(true);
        if (!text && ask) {
            setMissing(false);
            const given = await ask(where).catch(() => null);
            setText(given);
            setMissing(given === null);
        }
    };
    return (
        <div className="group-hint">
            <button type="button" className="group-explain" aria-expanded={isOpen} aria-controls={id} onClick={() => (isOpen ? setOpen(false) : void open())}>
                {isOpen ? strings.hideExplanation : strings.explain}
            </button>
            <div id={id} role="status" hidden={!isOpen}>
                {isOpen && text && <Live renderer={text} apiOptions={apiOptions} keypad={keypad} />}
                {isOpen && isMissing && <p>{words().noHint}</p>}
            </div>
        </div>
    );
}

interface SetProps extends Omit<GroupProps, "content"> {
    gradedGroups: (PerseusRenderer & {title?: string; hint?: PerseusRenderer | null})[];
}

/** Several groups, shown one at a time. What was entered into the others stays. */
export function GradedGroupSet({gradedGroups = [], widgetId, ...given}: SetProps) {
    const around = useContext(PlaceContext);
    const [at, setAt] = useState(0);
    // A graph that is mounted out of sight finds no room, so each group is mounted when it is first visited.
    const [seen, setSeen] = useState<ReadonlySet<number>>(new Set([0]));
    const go = (index: number) => {
        setSeen(new Set([...seen, index]));
        setAt(index);
    };
    return (
        <PlaceContext.Provider value={{...around, path: [...around.path, widgetId]}}>
            <div className="group-set">
                <div className="group-set-top">
                    <div className="group-title">{gradedGroups[at]?.title}</div>
                    <ul className="indicatorContainer" role="list" aria-label={words().parts}>
                        {gradedGroups.map(({title}, index) => (
                            <li key={index}>
                                <Clickable role="button" className="group-step" aria-label={title || String(index + 1)} aria-current={index === at} onClick={() => go(index)}>
                                    {() => <span className="group-dot" />}
                                </Clickable>
                            </li>
                        ))}
                    </ul>
                </div>
                {gradedGroups.map((group, index) => (
                    <div key={index} hidden={index !== at}>
                        {seen.has(index) && (
                            <GradedGroup {...given} {...group} title={null} label={group.title} widgetId={String(index)} onNext={index + 1 < gradedGroups.length ? () => go(index + 1) : null} />
                        )}
                    </div>
                ))}
            </div>
        </PlaceContext.Provider>
    );
}

/** Registers these in place of Perseus's own. */
export function gradedGroups(): void {
    replace("graded-group", GradedGroup as ComponentType<never>);
    replace("graded-group-set", GradedGroupSet as unknown as ComponentType<never>);
    const group = Widgets.getWidgetExport("group");
    if (group) {
        // A plain group is Perseus's own; this only adds its name to the way to the groups inside it.
        const Inner = group.widget as ComponentType<{widgetId: string}>;
        const Group = forwardRef<unknown, {widgetId: string}>(function Group(props, ref) {
            const around = useContext(PlaceContext);
            return (
                <PlaceContext.Provider value={{...around, path: [...around.path, props.widgetId]}}>
                    <Inner {...props} {...({ref} as object)} />
                </PlaceContext.Provider>
            );
        });
        Widgets.registerWidget("group", {...group, widget: Group as never});
    }
}

function replace(name: string, widget: ComponentType<never>): void {
    const was = Widgets.getWidgetExport(name);
    if (was) {
        const Held = widget as ComponentType<object>;
        // Perseus holds its widgets by a ref, which these do not need.
        const WithRef = forwardRef<unknown, object>(function WithRef(props, _) {
            return <Held {...props} />;
        });
        Widgets.registerWidget(name, {...was, widget: WithRef as never});
    }
}
