/** The player's own words; Perseus's are in `perseus/words.ts`. */
export interface Words {
    correct: string;
    wrong: string;
    partly: (earned: number, total: number) => string;
    invalid: string;
    result: string;
    hints: string;
    broken: string;
    /** For a part from elsewhere whose address leads nowhere. */
    fromElsewhere: string;
    /** Below the name of a part from elsewhere, which is a link. */
    opensElsewhere: string;
    /** Below the name of a video that the page plays. */
    playsHere: string;
    close: string;
    video: (site: string) => string;
    simulation: (name: string) => string;
    program: string;
    interactivePage: (site: string) => string;
    notCounted: string;
    cannotCheck: string;
    noHint: string;
    parts: string;
}

const EN: Words = {
    correct: "That’s right!",
    wrong: "Not quite yet. Change your answer and try again.",
    partly: (earned, total) => `${earned} of ${total} right so far. Change the rest and try again.`,
    invalid: "Part of this still needs an answer, or can’t be read.",
    result: "Result",
    hints: "Hints",
    broken: "This part could not be shown.",
    fromElsewhere: "An interactive part from another site stands here. Its address leads nowhere.",
    opensElsewhere: "It opens in a window of its own. What you do there is not checked here.",
    playsHere: "It plays here. YouTube learns that you watch it.",
    close: "Close",
    video: (site) => `Video (${site})`,
    simulation: (name) => (name ? `Simulation: ${name} (PhET)` : "Simulation (PhET)"),
    program: "Program (Khan Academy)",
    interactivePage: (site) => `Interactive page (${site})`,
    notCounted: "This question has nothing that is checked, so it does not count.",
    cannotCheck: "This can’t be checked right now. Look at your connection, then try again.",
    noHint: "The hint could not be loaded. Look at your connection, then try again.",
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
    fromElsewhere: "Aquí va una parte interactiva de otro sitio. Su dirección no lleva a ninguna parte.",
    opensElsewhere: "Se abre en una ventana aparte. Lo que hagas allí no se comprueba aquí.",
    playsHere: "Se reproduce aquí. YouTube sabrá que lo ves.",
    close: "Cerrar",
    video: (site) => `Vídeo (${site})`,
    simulation: (name) => (name ? `Simulación: ${name} (PhET)` : "Simulación (PhET)"),
    program: "Programa (Khan Academy)",
    interactivePage: (site) => `Página interactiva (${site})`,
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
    fromElsewhere: "هنا جزء تفاعلي من موقع آخر، وعنوانه لا يؤدي إلى شيء.",
    opensElsewhere: "يُفتح في نافذة مستقلة، وما تفعله هناك لا يُتحقَّق منه هنا.",
    playsHere: "يُعرض هنا، وسيعرف YouTube أنك تشاهده.",
    close: "إغلاق",
    video: (site) => `فيديو (${site})`,
    simulation: (name) => (name ? `محاكاة: ${name} (PhET)` : "محاكاة (PhET)"),
    program: "برنامج (Khan Academy)",
    interactivePage: (site) => `صفحة تفاعلية (${site})`,
    notCounted: "ليس في هذا السؤال ما يُتحقَّق منه، لذلك لا يُحتسب.",
    cannotCheck: "لا يمكن التحقق الآن. تأكد من اتصالك ثم حاول مرة أخرى.",
    noHint: "لم يصل التلميح. تأكد من اتصالك ثم حاول مرة أخرى.",
    parts: "الأجزاء",
};

const ALL: Record<string, Words> = {en: EN, es: ES, ar: AR};
let chosen = EN;

/** Chooses the words of a locale; English if it has none here. */
export function speak(locale: string): void {
    chosen = ALL[locale.toLowerCase().split(/[-_]/)[0] ?? ""] ?? EN;
}

export function words(): Words {
    return chosen;
}
