/** Questions to the page around the player that wait for their answers, each by the group that asked. */
import type {Part} from "../protocol";

type Place = {id: string} & Part;

export class Answered<Answer> {
    private readonly waiting = new Map<string, (answer: Answer | null) => void>();

    /** Asks, and waits. What the same group asked before is answered with nothing. */
    wait(place: Place, ask: () => void): Promise<Answer> {
        const key = keyOf(place);
        this.waiting.get(key)?.(null);
        return new Promise((resolve, reject) => {
            this.waiting.set(key, (answer) => (answer === null ? reject(new Error("the page has no answer")) : resolve(answer)));
            ask();
        });
    }

    /** Hands on what the page answered; what nobody asked is dropped. */
    answer(place: Place, answer: Answer | null): void {
        const key = keyOf(place);
        this.waiting.get(key)?.(answer);
        this.waiting.delete(key);
    }
}

function keyOf({id, section, part}: Place): string {
    return JSON.stringify([id, section, part]);
}
