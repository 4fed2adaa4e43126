/** Pictures are found wherever a document names them, and nothing else is requested. */
import {expect, test} from "vitest";
import {resolvePictures} from "../src/pictures";
import type {Json, Media} from "../src/protocol";

const media: Media = {
    "image/x9": {url: "https://cms/v1/media/9", width: 40, height: 30},
    "https://old/a.png": "https://cms/v1/media/a",
    "web+graphie://old/hash": "https://cms/v1/media/g",
};

function check(before: Json, after: Json) {
    expect(resolvePictures(before, media)).toEqual(after);
}

test("in markdown, with their sizes", () => {
    check(
        {content: "See ![a [1] b](image/x9) and ![c](https://old/a.png).", images: {}},
        {
            content: "See ![a [1] b](https://cms/v1/media/9) and ![c](https://cms/v1/media/a).",
            images: {"https://cms/v1/media/9": {width: 40, height: 30}},
        },
    );
});

test("a size that the author gave stays", () => {
    check(
        {content: "![](image/x9)", images: {"image/x9": {width: 8, height: 6}}},
        {content: "![](https://cms/v1/media/9)", images: {"https://cms/v1/media/9": {width: 8, height: 6}}},
    );
});

test("as values of widgets", () => {
    check({backgroundImage: {url: "image/x9"}}, {backgroundImage: {url: "https://cms/v1/media/9"}});
    check({imageUrl: "web+graphie://old/hash"}, {imageUrl: "https://cms/v1/media/g"});
    check({url: ""}, {url: ""});
    check({url: null}, {url: null});
});

test("what the host named no address for asks nobody", () => {
    check({content: "![alt](https://tracker/x.gif)"}, {content: "![alt](missing:picture)", images: {}});
    check({content: "![a](https://tracker/x_(1).gif) b"}, {content: "![a](missing:picture) b", images: {}});
    check({content: '![a]( <https://tracker/x.gif> "T")'}, {content: '![a]( <missing:picture> "T")', images: {}});
    check({url: "https://tracker/x.gif"}, {url: "missing:picture"});
    check({url: "//tracker/x.gif"}, {url: "missing:picture"});
    check({imageUrl: "web+graphie://elsewhere/h"}, {imageUrl: "missing:picture"});
});

test("links and plain text stay as they are", () => {
    const text = {content: "[image/x9](https://old/a.png) costs 3!", images: {}};
    check(text, text);
    check({title: "https://old/ is a site"}, {title: "https://old/ is a site"});
});

test("a page from elsewhere keeps its address, which is no picture's", () => {
    const page = {"iframe 1": {type: "iframe", options: {url: "https://example.org/game"}}};
    check(page, page);
    check({type: "iframe", url: "https://tracker/x.gif"}, {type: "iframe", url: "missing:picture"});
});

test("names that JavaScript knows are names like any other", () => {
    const hostile = JSON.parse('{"__proto__": {"url": "image/x9"}, "constructor": "x"}') as Json;
    const made = resolvePictures(hostile, media) as object;
    expect(Object.keys(made)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    check({content: "![](constructor)"}, {content: "![](missing:picture)", images: {}});
});

test("a document without end is refused", () => {
    let deep: Json = "x";
    for (let level = 0; level < 200; level += 1) {
        deep = [deep];
    }
    expect(() => resolvePictures(deep, media)).toThrow("deeper");
});
