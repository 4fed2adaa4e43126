/** Hints that replace the one before them. */
import {expect, test} from "vitest";
import {standing} from "../src/standing";

function check(hints: string, shown: string) {
    const given = hints.split(" ").map((name) => ({name, replace: name.endsWith("!")}));
    expect(standing(given).map(({hint, position}) => `${position}:${hint.name}`).join(" ")).toBe(shown);
}

test("a hint that replaces takes the place of the one before it, and keeps its number", () => {
    check("a b c", "0:a 1:b 2:c");
    check("a b! c", "1:b! 2:c");
    check("a b c!", "0:a 2:c!");
    check("a b! c! d", "2:c! 3:d");
    check("a! b", "0:a! 1:b");
});
