/** Readers get their language, however its tag is written. */
import {expect, test} from "vitest";
import {bestLanguage} from "../src/languages";

test.each([
    ["zh-CN", ["en", "zh-Hant", "zh-Hans"], "zh-Hans"],
    ["zh-TW", ["en", "zh-Hans", "zh-Hant"], "zh-Hant"],
    ["zh-Hans", ["en", "zh-CN"], "zh-CN"],
    ["es-MX", ["en", "es"], "es"],
    ["es", ["en", "es-MX"], "es-MX"],
    ["es-AR", ["es-ES", "es-419"], "es-419"],
    ["pt", ["pt-PT", "pt-BR"], "pt-BR"],
    ["ar-EG", ["en", "ar"], "ar"],
    ["iw", ["en", "he"], "he"],
    ["no", ["en", "nb"], "nb"],
])("%s finds in %j the language %s", (wanted, available, found) => {
    expect(bestLanguage([wanted], available)).toBe(found);
});

test("the reader's order decides, and a region's own form comes first", () => {
    expect(bestLanguage(["fr-CA", "es"], ["es", "fr"])).toBe("fr");
    expect(bestLanguage(["uk", "es"], ["en", "es"])).toBe("es");
    expect(bestLanguage(["es-MX"], ["es", "es-MX"])).toBe("es-MX");
});

test("another language, or another script, is not taken for it", () => {
    expect(bestLanguage(["de"], ["en", "es"])).toBeNull();
    expect(bestLanguage(["zh-TW"], ["en", "zh-Hans"])).toBeNull();
});

test("what is no tag finds nothing, and harms nothing", () => {
    expect(bestLanguage(["", "x", "C.UTF-8", "es"], ["es", "not a tag"])).toBe("es");
    expect(bestLanguage([], ["es"])).toBeNull();
    expect(bestLanguage(["es"], [])).toBeNull();
});

test("a language keeps the spelling that it is known by", () => {
    expect(bestLanguage(["zh-hk"], ["zh-hant", "en"])).toBe("zh-hant");
});
