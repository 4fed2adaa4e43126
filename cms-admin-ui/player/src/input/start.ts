/** The input of widgets before anyone has answered. */
import {Widgets} from "@khanacademy/perseus";
import type {PerseusWidgetsMap, UserInputMap} from "@khanacademy/perseus-core";

/** The input of static widgets, and of those that begin with something. `seed` decides what chance draws. */
export function startOf(widgets: PerseusWidgetsMap, seed: number): UserInputMap {
    const start: Record<string, unknown> = {};
    for (const [id, widget] of Object.entries(widgets)) {
        const made = Widgets.getWidgetExport(widget.type);
        if (widget.static && made?.getCorrectUserInput) {
            start[id] = made.getCorrectUserInput(widget.options);
        } else if (made?.getStartUserInput) {
            start[id] = made.getStartUserInput(widget.options, seed);
        }
    }
    return start as UserInputMap;
}

/**
 * The number from which Perseus draws, made from a seed: the same for the same text, and different for nearly every
 * other.
 */
export function seedOf(text: string | undefined): number {
    let hash = 0;
    for (const character of text ?? "") {
        hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
    }
    // Perseus adds a widget's position, and counts in 32 bits.
    return Math.imul(hash, 0x9e3779b1) >>> 4;
}
