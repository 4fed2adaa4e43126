/** The stand-ins for widgets that show a page from elsewhere. */
import {expect, test} from "vitest";
import {FROM_ELSEWHERE, elsewhere} from "../src/perseus/elsewhere";

test.each([
    ["video", {location: "dQw4w9WgXcQ"}, {kind: "video", site: "YouTube", href: "https://www.youtube.com/watch?v=dQw4w9WgXcQ", youtube: "dQw4w9WgXcQ"}],
    ["video", {location: "https://youtu.be/dQw4w9WgXcQ?t=3"}, {kind: "video", site: "YouTube", href: "https://www.youtube.com/watch?v=dQw4w9WgXcQ", youtube: "dQw4w9WgXcQ"}],
    ["iframe", {url: "https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0"}, {kind: "video", site: "YouTube", href: "https://www.youtube.com/watch?v=dQw4w9WgXcQ", youtube: "dQw4w9WgXcQ"}],
    ["video", {location: "https://player.vimeo.com/video/1"}, {kind: "video", site: "vimeo.com", href: "https://player.vimeo.com/video/1", youtube: null}],
    ["video", {location: "adding-fractions-intro"}, {kind: "video", site: "Khan Academy", href: "https://www.khanacademy.org/embed_video?slug=adding-fractions-intro", youtube: null}],
    ["phet-simulation", {url: "https://phet.colorado.edu/sims/html/area-builder/latest/area-builder_en.html", description: ""}, {kind: "simulation", name: "area builder", href: "https://phet.colorado.edu/sims/html/area-builder/latest/area-builder_en.html"}],
    ["phet-simulation", {url: "https://phet.colorado.edu/a", description: "Area Builder"}, {kind: "simulation", name: "Area Builder", href: "https://phet.colorado.edu/a"}],
    ["phet-simulation", {url: "https://phet.colorado.edu.evil.example/sims/html/x/", description: "Area"}, {kind: "page", site: "phet.colorado.edu.evil.example", href: "https://phet.colorado.edu.evil.example/sims/html/x/"}],
    ["iframe", {url: "https://example.org/game?x=1"}, {kind: "page", site: "example.org", href: "https://example.org/game?x=1"}],
    ["iframe", {url: "4545417404481536"}, {kind: "program", href: "https://www.khanacademy.org/computer-programming/program/4545417404481536"}],
    ["cs-program", {programID: "4545417404481536"}, {kind: "program", href: "https://www.khanacademy.org/computer-programming/program/4545417404481536"}],
    ["python-program", {programID: "52"}, {kind: "program", href: "https://www.khanacademy.org/python-program/52"}],
])("a %s of %j is named and has an address", (type, options, shown) => {
    expect(elsewhere(type, options)).toEqual(shown);
});

test.each(FROM_ELSEWHERE)("a %s without an address of the web leads nowhere", (type) => {
    for (const text of [undefined, null, 7, "", "javascript:alert(1)", "data:text/html,x", "../../x y"]) {
        const {href} = elsewhere(type, {location: text, url: text, programID: text});
        expect(href === null || href.startsWith("https://www.khanacademy.org/")).toBe(true);
    }
});
