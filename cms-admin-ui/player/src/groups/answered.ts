/** Questions to the page around the player that wait for an answer, one for each group. */
import type {Part} from "../protocol";

type Place = {id: string} & Part;

export class Answered<Answer> {
    private readonly waiting = new Map<string, (answer: Answer | null) => void>();

    /** Asks, and waits. An earlier question of the same group that still waits is rejected. */
    wait(place: Place, ask: () => void): Promise<Answer> {
        const key = keyOf(place);
        this.waiting.get(key)?.(null);
        return new Promise((resolve, reject) => {
            this.waiting.set(key, (answer) => (answer === null ? reject(new Error("the page has no answer")) : resolve(answer)));
            ask();
        });
    }

    /** Hands on the page's answer; an answer to which nobody asked a question is dropped. */
    answer(place: Place, answer: Answer | null): void {
        const key = keyOf(place);
        this.waiting.get(key)?.(answer);
        this.waiting.delete(key);
    }
}

function keyOf({id, section, part}: Place): string {
    return JSON.stringify([id, section, part]);
}
