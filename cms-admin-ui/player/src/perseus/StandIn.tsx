/** What stands for widgets that show a page from elsewhere: nothing from elsewhere is loaded here. */
import {Widgets} from "@khanacademy/perseus";
import {words} from "../words";

const FROM_ELSEWHERE = ["iframe", "video", "cs-program", "python-program", "phet-simulation"];

/** Puts the stand-in where Perseus would make a frame. */
export function standIns(): void {
    for (const name of FROM_ELSEWHERE) {
        const was = Widgets.getWidgetExport(name);
        if (was) {
            Widgets.registerWidget(name, {...was, widget: StandIn});
        }
    }
}

function StandIn() {
    return <p className="from-elsewhere">{words().fromElsewhere}</p>;
}
