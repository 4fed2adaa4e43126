/** The player's own words; Perseus's are in `perseus/words.ts`. */
export interface Words {
    correct: string;
    wrong: string;
    partly: (earned: number, total: number) => string;
    invalid: string;
    result: string;
    hints: string;
    broken: string;
    fromElsewhere: string;
    notCounted: string;
    cannotCheck: string;
    noHint: string;
    parts: string;
}

const EN: Words = {
    correct: "That’s right!",
    wrong: "Not quite yet. Change your answer and try again.",
    partly: (earned, total) => `${earned} of ${total} right so far. Change the rest and try again.`,
    invalid: "Part of this still wants an answer, or can’t be read.",
    result: "Result",
    hints: "Hints",
    broken: "This part could not be shown.",
    fromElsewhere: "An interactive part from another site stands here. It is not shown in this player.",
    notCounted: "This question has nothing that is checked, so it does not count.",
    cannotCheck: "This can’t be checked right now. Look at your connection, then try again.",
    noHint: "The hint did not come. Look at your connection, then try again.",
    parts: "Parts",
};

const ES: Words = {
    correct: "¡Correcto!",
    wrong: "Todavía no. Cambia tu respuesta y vuelve a intentarlo.",
    partly: (earned, total) => `${earned} de ${total} bien por ahora. Cambia el resto y vuelve a intentarlo.`,
    invalid: "Todavía falta una parte, o no se entiende lo que hay.",
    result: "Resultado",
    hints: "Pistas",
    broken: "Esta parte no se pudo mostrar.",
    fromElsewhere: "Aquí va una parte interactiva de otro sitio, que este reproductor no muestra.",
    notCounted: "Esta pregunta no tiene nada que comprobar, así que no cuenta.",
    cannotCheck: "Ahora no se puede comprobar. Mira tu conexión y vuelve a intentarlo.",
    noHint: "La pista no llegó. Mira tu conexión y vuelve a intentarlo.",
    parts: "Partes",
};

const AR: Words = {
    correct: "إجابة صحيحة!",
    wrong: "ليس بعد. غيِّر إجابتك وحاول مرة أخرى.",
    partly: (earned, total) => `${earned} من ${total} صحيح حتى الآن. غيِّر الباقي وحاول مرة أخرى.`,
    invalid: "ما زال جزء من هذا بلا إجابة، أو لا يمكن فهمه.",
    result: "النتيجة",
    hints: "تلميحات",
    broken: "تعذَّر عرض هذا الجزء.",
    fromElsewhere: "هنا جزء تفاعلي من موقع آخر لا يعرضه هذا المشغِّل.",
    notCounted: "ليس في هذا السؤال ما يُتحقَّق منه، لذلك لا يُحتسب.",
    cannotCheck: "لا يمكن التحقق الآن. تأكد من اتصالك ثم حاول مرة أخرى.",
    noHint: "لم يصل التلميح. تأكد من اتصالك ثم حاول مرة أخرى.",
    parts: "الأجزاء",
};

const ALL: Record<string, Words> = {en: EN, es: ES, ar: AR};
let chosen = EN;

/** Chooses the words of a locale; English where there are none. */
export function speak(locale: string): void {
    chosen = ALL[locale.toLowerCase().split(/[-_]/)[0] ?? ""] ?? EN;
}

export function words(): Words {
    return chosen;
}
