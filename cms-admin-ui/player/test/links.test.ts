/** Which links lead anywhere. */
import {expect, test} from "vitest";
import {followEntries, isFollowed, targetOf} from "../src/links";

test.each([
    ["https://example.org/a", "web"],
    ["HTTP://example.org", "web"],
    ["mailto:ana@example.org", "mail"],
    ["tel:+34911000000", "mail"],
    ["lesson/l1", "entry"],
    ["exercise/compare-fractions#i2", "entry"],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["file:///etc/passwd", null],
    ["//example.org/a", null],
    ["/learn/", null],
    ["../lesson/l1", null],
    ["lesson/l1/more", null],
    ["lesson", null],
    ["https://", null],
    ["", null],
    [undefined, null],
])("%s leads to %s", (href, target) => {
    expect(targetOf(href)).toBe(target);
});

test("links to entries are followed where the page follows them", () => {
    followEntries(false);
    expect([isFollowed("lesson/l1"), isFollowed("https://example.org"), isFollowed("mailto:a@b")]).toEqual([false, true, true]);
    followEntries(true);
    expect([isFollowed("lesson/l1"), isFollowed("javascript:alert(1)")]).toEqual([true, false]);
});
