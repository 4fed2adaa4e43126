/** The stand-in for widgets that show a page from elsewhere: its name, as a link that the page around the player opens. */
import {Widgets} from "@khanacademy/perseus";
import type {MouseEvent} from "react";
import {videoPlayer} from "../videos";
import {words} from "../words";
import {FROM_ELSEWHERE, elsewhere} from "./elsewhere";
import type {Elsewhere, Options} from "./elsewhere";

/** Registers the stand-in where Perseus would make a frame. */
export function standIns(): void {
    for (const type of FROM_ELSEWHERE) {
        const was = Widgets.getWidgetExport(type);
        if (was) {
            Widgets.registerWidget(type, {...was, widget: (options: Options) => <StandIn there={elsewhere(type, options)} />});
        }
    }
}

function StandIn({there}: {there: Elsewhere}) {
    if (there.href === null) {
        return <p className="from-elsewhere">{words().fromElsewhere}</p>;
    }
    const play = there.kind === "video" && there.youtube ? videoPlayer() : null;
    const follow = (event: MouseEvent) => {
        if (play && there.kind === "video" && there.youtube && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
            // Keeps the code that watches links from following this one.
            event.preventDefault();
            play(there.youtube);
        }
    };
    return (
        <p className="from-elsewhere">
            <a href={there.href} rel="noreferrer noopener" onClick={follow}>
                {nameOf(there)}
            </a>
            <span>{play ? words().playsHere : words().opensElsewhere}</span>
        </p>
    );
}

function nameOf(there: Exclude<Elsewhere, {href: null}>): string {
    switch (there.kind) {
        case "video":
            return words().video(there.site);
        case "simulation":
            return words().simulation(there.name);
        case "program":
            return words().program;
        case "page":
            return words().interactivePage(there.site);
    }
}
