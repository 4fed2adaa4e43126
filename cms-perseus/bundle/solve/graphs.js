/** Graphs with points to move: whether points can rest at the right places. */
import {isFull} from "../scored.js";
import {isOn} from "./scales.js";
import {crosses, enoughPlaces} from "./curves.js";

const NEAR = 1e-6;

export function interactiveGraph(options, tell, score) {
    const {graph, correct, range} = options;
    if (correct.type === "none") {
        return {type: "none"};
    }
    if (graph != null && graph.type !== correct.type) {
        tell("impossible", "kind-of-graph", `Learners draw a graph of the kind “${graph.type}”, and the right one is a “${correct.type}”.`, "correct");
        return undefined;
    }
    const points = pointsOf(correct);
    if (points === null || isDegenerate(correct) || (correct.type === "circle" && !(correct.radius > 0)) || ("asymptote" in correct && correct.asymptote == null)) {
        tell("impossible", "no-answer", "No right graph is stored: whatever learners draw is wrong.", "correct");
        return undefined;
    }
    const wanted = graph?.type === "point" ? graph.numPoints : graph?.type === "polygon" ? graph.numSides : graph?.type === "segment" ? graph.numSegments : undefined;
    const count = correct.type === "segment" ? points.length / 2 : points.length;
    if (Number.isInteger(wanted) && wanted !== count) {
        tell("impossible", "lists-of-different-length", `Learners have ${wanted} ${correct.type === "segment" ? "segments" : "points"} to move, and the right graph has ${count}.`, "correct");
        return undefined;
    }
    if (correct.type === "polygon" && Number.isInteger(wanted ?? 3) && crosses(points)) {
        tell("impossible", "sides-cross", "The sides of the right polygon cross, which learners' sides can't.", "correct");
        return undefined;
    }
    if (correct.type === "angle" && (correct.match ?? graph?.match) === "congruent" && !isOn(degrees(correct.coords), graph?.snapDegrees || 1)) {
        tell("impossible", "off-the-grid", `An angle of ${Math.round(degrees(correct.coords) * 100) / 100}° is between the steps of ${graph?.snapDegrees || 1}° in which it opens: learners can never be right.`, "correct");
        return undefined;
    }
    if (!isMovedFreely(options)) {
        const problem = misplaced(correct, points, range, stepsOf(options));
        if (problem !== null) {
            tell("impossible", ...problem, "correct");
            return undefined;
        }
    }
    const start = graph?.startCoords ?? null;
    if (start !== null && isFull(score(begun(correct, start)))) {
        // Learners still have to touch it.
        tell("warning", "right-from-the-start", "The graph begins as the right one: learners see the answer before they begin.", "graph", "startCoords");
    }
    return correct;
}

function begun(correct, start) {
    const fields = Array.isArray(start) ? {coords: start} : start;
    return {...correct, ...fields};
}

/** The points whose places decide whether the graph can be drawn; null if there are none. */
function pointsOf({type, coords, center}) {
    if (type === "circle") {
        return center ? [center] : null;
    }
    if (!Array.isArray(coords) || coords.length === 0) {
        return null;
    }
    return type === "segment" || type === "linear-system" ? coords.flat() : coords;
}

/** The angle at the middle one of three points, less than half a turn. */
function degrees([one, vertex, other]) {
    const turn = ([x, y]) => Math.atan2(y - vertex[1], x - vertex[0]);
    const between = Math.abs(turn(one) - turn(other)) * (180 / Math.PI);
    return Math.round(Math.min(between, 360 - between) * 1e6) / 1e6;
}

/** Whether nobody can draw the graph: a line of one point, a circle without a centre. */
function isDegenerate({type, coords}) {
    const pairs = type === "segment" || type === "linear-system" ? coords : ["linear", "ray", "vector", "sinusoid", "tangent", "absolute-value", "exponential", "logarithm"].includes(type) ? [coords] : [];
    const isVertical = !["linear", "ray", "vector", "segment", "linear-system"].includes(type);
    return pairs.some(([one, other]) => one[0] === other[0] && (isVertical || one[1] === other[1]));
}

/** Whether points can rest elsewhere than on the grid, or other graphs than the very same one are right too. */
function isMovedFreely({graph, correct}) {
    const {type} = correct;
    const match = correct.match ?? graph?.match ?? "exact";
    return type === "angle" || (type === "polygon" && (match !== "exact" || (graph?.snapTo ?? "grid") !== "grid")) || (type === "vector" && match === "congruent");
}

function stepsOf({snapStep, gridStep}) {
    return snapStep ?? gridStep?.map((step) => step / 2) ?? [0, 0];
}

const isIn = ([x, y], [[left, right], [low, high]]) => x >= left - NEAR && x <= right + NEAR && y >= low - NEAR && y <= high + NEAR;
const isOnGrid = ([x, y], [stepX, stepY]) => isOn(x, stepX) && isOn(y, stepY);
const at = ([x, y]) => `(${x}, ${y})`;

/** Why a graph can't be drawn with points that rest on the grid and in the range. */
function misplaced(correct, points, range, steps) {
    const must = fixed(correct, points);
    const outside = must.find((point) => !isIn(point, range));
    if (outside !== undefined) {
        return ["out-of-range", `${at(outside)} is not on the graph, which shows ${range[0].join(" to ")} by ${range[1].join(" to ")}.`];
    }
    const off = must.find((point) => !isOnGrid(point, steps));
    if (off !== undefined) {
        return ["off-the-grid", `${at(off)} is between the places on which points rest: learners can never be right.`];
    }
    if (correct.type === "circle") {
        const [x] = correct.center;
        const ends = [x + correct.radius, x - correct.radius].filter((end) => end >= range[0][0] - NEAR && end <= range[0][1] + NEAR);
        if (!ends.some((end) => isOn(end, steps[0]))) {
            return ends.length === 0
                ? ["out-of-range", `A circle of radius ${correct.radius} around ${at(correct.center)} leaves the graph, and its size is set by a point on the graph.`]
                : ["off-the-grid", `A radius of ${correct.radius} is between the places on which points rest: learners can never be right.`];
        }
    }
    if (!enoughPlaces(correct, range, steps)) {
        return ["off-the-grid", "The right graph does not go through enough places on which points rest, within what the graph shows: learners can never be right."];
    }
    return null;
}

/** The points that must be exactly there. For a line or a curve, other points on it will do. */
function fixed({type}, points) {
    switch (type) {
        case "point":
        case "segment":
        case "polygon":
        case "vector":
        case "circle":
            return points;
        case "ray":
        case "absolute-value":
            return points.slice(0, 1);
        default:
            return [];
    }
}

export function grapher({correct, availableTypes, graph}, tell) {
    if (correct?.coords == null) {
        tell("impossible", "no-answer", "No right graph is stored: whatever learners draw is wrong.", "correct");
        return undefined;
    }
    if (availableTypes.length > 0 && !availableTypes.includes(correct.type)) {
        tell("impossible", "kind-of-graph", `The right graph is of the kind “${correct.type}”, which learners can't choose.`, "availableTypes");
        return undefined;
    }
    const steps = stepsOf(graph);
    if (correct.type === "linear" && !enoughPlaces(correct, graph.range, steps)) {
        tell("impossible", "off-the-grid", `The line through ${at(correct.coords[0])} and ${at(correct.coords[1])} does not go through two places on which points rest: learners can never be right.`, "correct");
        return undefined;
    }
    if (correct.type === "quadratic" || correct.type === "absolute_value") {
        const [vertex] = correct.coords;
        if (!isIn(vertex, graph.range) || !isOnGrid(vertex, steps)) {
            tell("impossible", isIn(vertex, graph.range) ? "off-the-grid" : "out-of-range", `The vertex ${at(vertex)} is no place on which a point can rest: learners can never be right.`, "correct");
            return undefined;
        }
    }
    return correct;
}
