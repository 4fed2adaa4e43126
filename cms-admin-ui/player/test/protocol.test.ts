/** What counts as a message, on both sides. */
import {describe, expect, test} from "vitest";
import {PROTOCOL, readToHost, readToPlayer, sent} from "../src/protocol";
import type {ToPlayer} from "../src/protocol";

const settings = {locale: "pt-BR", direction: "ltr", theme: "light"} as const;
const item = {question: {content: "$x$", widgets: {}, images: {}}, hints: [{}]};

describe("to the player", () => {
    const good: ToPlayer[] = [
        {type: "load", id: "i1", content: {type: "item", item}, media: {"image/x9": "http://a/b"}, ...settings},
        {type: "load", id: "a1", content: {type: "article", sections: []}, media: {x: {url: "u", width: 3}}, userInput: {}, ...settings},
        {type: "load", id: "i1", content: {type: "item", item}, media: {}, seed: "s", answers: {check: true}, ...settings},
        {type: "checked", id: "i1", section: null, part: "graded-group 1", score: {type: "points", earned: 1, total: 1}},
        {type: "checked", id: "a1", section: "s1", part: "graded-group-set 1/0", score: null},
        {type: "given", id: "a1", section: "s1", part: "graded-group 1", hint: {content: "Look."}, media: {}},
        {type: "load", id: "i2", content: {type: "item", item}, media: {}, followsLinks: true, playsVideos: false, ...settings},
        {type: "hints", hints: [{content: "Look."}]},
        {type: "scored", score: null, message: "See ![](image/x9)", media: {"image/x9": "http://a/b"}},
        {type: "scored", score: null},
        {type: "scored", score: {type: "points", earned: 1, total: 2}, message: "Nearly"},
        {type: "scored", score: {type: "invalid", message: null}},
        {type: "settings", ...settings},
    ];
    test.each(good)("$type is read", (message) => {
        expect(readToPlayer(sent(message))).toEqual({ok: true, message: {...message, protocol: PROTOCOL}});
    });

    test.each([
        [{protocol: 2, type: "settings", ...settings}, "version"],
        [{protocol: "1", type: "settings", ...settings}, "version"],
        [{protocol: 1, type: "toString"}, "no message"],
        [{protocol: 1, type: {}}, "no message"],
        [{protocol: 1, type: "load", id: 3, content: {type: "item", item}, media: {}, ...settings}, "wrong id"],
        [{protocol: 1, type: "load", id: "i", content: {type: "item", item: {}}, media: {}, ...settings}, "wrong content"],
        [{protocol: 1, type: "load", id: "i", content: {type: "item", item}, media: {a: 1}, ...settings}, "wrong media"],
        [{protocol: 1, type: "load", id: "i", content: {type: "item", item}, media: {}, ...settings, locale: '"><b>'}, "wrong locale"],
        [{protocol: 1, type: "scored", score: {type: "points", earned: Number.NaN, total: 1}}, "wrong score"],
        [{protocol: 1, type: "settings", ...settings, direction: "up"}, "wrong direction"],
        [{protocol: 1, type: "load", id: "i", content: {type: "item", item}, media: {}, ...settings, seed: 7}, "wrong seed"],
        [{protocol: 1, type: "checked", id: "i", section: 3, part: "g", score: null}, "wrong section"],
        [{protocol: 1, type: "given", id: "i", section: null, part: "g", hint: "Look."}, "wrong hint"],
    ])("%j is refused in words", (data, word) => {
        const read = readToPlayer(data);
        expect(read).toMatchObject({ok: false});
        expect(!read.ok && read.reason).toContain(word);
    });

    test.each([null, undefined, 7, "load", [], {}, {type: "load"}])("%j is no message at all", (data) => {
        expect(readToPlayer(data)).toEqual({ok: false, reason: null});
    });
});

test("the host reads its own messages and not the player's", () => {
    expect(readToHost(sent({type: "input", id: "i", userInput: {}, empty: ["radio 1"]}))).toMatchObject({ok: true});
    expect(readToHost(sent({type: "check", id: "i", section: null, part: "graded-group 1", userInput: {}}))).toMatchObject({ok: true});
    expect(readToHost(sent({type: "hint", id: "i", section: "s1", part: "graded-group 1"}))).toMatchObject({ok: true});
    expect(readToHost({...sent({type: "hint", id: "i", section: null}), part: null})).toMatchObject({ok: false});
    expect(readToHost(sent({type: "link", href: "lesson/l1", inNewWindow: true}))).toMatchObject({ok: true});
    expect(readToHost(sent({type: "video", id: "dQw4w9WgXcQ", name: "Video", close: "Close"}))).toMatchObject({ok: true});
    expect(readToHost(sent({type: "video", id: "../../evil?x", name: "Video", close: "Close"}))).toMatchObject({ok: false});
    expect(readToHost(sent({type: "resize", height: -1}))).toMatchObject({ok: false});
    expect(readToHost(sent({type: "settings", ...settings}))).toMatchObject({ok: false});
});
