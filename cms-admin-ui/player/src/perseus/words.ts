/**
 * Perseus's own words. Its packages ship only English. Here are the words that learners read and hear most, in the
 * other languages that the player speaks; what is missing stays English.
 */
import {mockStrings} from "@khanacademy/perseus/strings";

/** Names of the cells for numbers, which Perseus leaves without any. */
interface CellNames {
    cellName: (cell: {row: number; column: number; header?: string}) => string;
}

type Words = typeof mockStrings & CellNames;

const EN: Words = {
    ...mockStrings,
    deprecatedStandin: "This part of the question is no longer available. It does not count: go on with the rest.",
    cellName: ({row, column, header}) => `${plain(header) || `Column ${column}`}, row ${row}`,
};

const ES: Partial<Words> = {
    deprecatedStandin: "Esta parte de la pregunta ya no está disponible. No cuenta: sigue con el resto.",
    hintPos: ({pos}) => `Pista ${pos}`,
    check: "Comprobar",
    correct: "Correcto",
    incorrect: "Incorrecto",
    explain: "Explicar",
    hideExplanation: "Ocultar la explicación",
    nextQuestion: "Siguiente pregunta",
    INVALID_MESSAGE_PREFIX: "No pudimos calificar tu respuesta.",
    DEFAULT_INVALID_MESSAGE_1: "Parece que dejaste algo en blanco o ",
    DEFAULT_INVALID_MESSAGE_2: "que pusiste algo que no es válido.",
    hints: "Pistas",
    chooseOneAnswer: "Elige 1 respuesta:",
    chooseAllAnswers: "Elige todas las respuestas correctas:",
    chooseNumAnswers: ({numCorrect}) => `Elige ${numCorrect} respuestas:`,
    chooseCorrectNum: "Elige el número correcto de respuestas.",
    noneOfTheAbove: "Ninguna de las anteriores",
    notNoneOfTheAbove: "«Ninguna de las anteriores» no puede elegirse junto con otras.",
    choice: ({letter}) => `(Opción ${letter})`,
    choiceChecked: ({letter}) => `(Opción ${letter}, elegida)`,
    choiceCorrect: ({letter}) => `(Opción ${letter}, correcta)`,
    choiceCheckedCorrect: ({letter}) => `(Opción ${letter}, elegida, correcta)`,
    choiceIncorrect: ({letter}) => `(Opción ${letter}, incorrecta)`,
    choiceCheckedIncorrect: ({letter}) => `(Opción ${letter}, elegida, incorrecta)`,
    notSelected: "sin elegir",
    selectAnAnswer: "Elige una respuesta",
    choices: "Opciones:",
    answers: ({num}) => (num === 1 ? "1 respuesta" : `${num} respuestas`),
    hideAnswersToggleLabel: "Ocultar las opciones",
    tapSingle: "Toca cada punto de la imagen para elegir una respuesta.",
    clickSingle: "Haz clic en cada punto de la imagen para elegir una respuesta.",
    tapMultiple: "Toca cada punto de la imagen para elegir todas las respuestas correctas.",
    clickMultiple: "Haz clic en cada punto de la imagen para elegir todas las respuestas correctas.",
    yourAnswer: "**Tu respuesta debe ser** ",
    yourAnswerLabel: "Tu respuesta:",
    integerExample: "un número entero, como $6$",
    properExample: "una fracción *propia*, como $1/2$ o $6/10$",
    simplifiedProperExample: "una fracción propia *simplificada*, como $3/5$",
    improperExample: "una fracción *impropia*, como $10/7$ o $14/8$",
    simplifiedImproperExample: "una fracción impropia *simplificada*, como $7/4$",
    mixedExample: "un número mixto, como $1\\ 3/4$",
    decimalExample: "un decimal *exacto*, como $0{,}75$",
    percentExample: "un porcentaje, como $12{,}34\\%$",
    EMPTY_RESPONSE_ERROR: "Todavía hay partes de esta pregunta sin responder.",
    EXTRA_SYMBOLS_ERROR: "No entendimos tu respuesta. Mira si sobran palabras o signos.",
    NEEDS_TO_BE_SIMPLFIED_ERROR: "Tu respuesta es casi correcta, pero falta simplificarla.",
    USER_INPUT_EMPTY: "Tu respuesta está vacía.",
    invalidSelection: "Elige algo en cada fila.",
    fillAllCells: "Rellena todas las casillas.",
    numDivisions: "Número de divisiones:",
    graphKeyboardPrompt: "Pulsa Mayús + Intro para usar la gráfica",
    srGraphInstructions: "Usa el tabulador para recorrer los elementos de la gráfica. Con un elemento enfocado, muévelo con Control + Mayús + flechas.",
    srPointAtCoordinates: ({num, x, y}) => `Punto ${num} en ${x}, ${y}.`,
    mathInputBox: "Cuadro para fórmulas",
    openKeypad: "abrir el teclado matemático",
    closeKeypad: "cerrar el teclado matemático",
    imageZoomAriaLabel: "Ampliar la imagen.",
    imageResetZoomAriaLabel: "Cerrar la imagen.",
    loading: "Cargando…",
    cellName: ({row, column, header}) => `${plain(header) || `Columna ${column}`}, fila ${row}`,
};

const AR: Partial<Words> = {
    deprecatedStandin: "لم يعد هذا الجزء من السؤال متاحًا، وهو لا يُحتسب: تابع مع الباقي.",
    hintPos: ({pos}) => `تلميح ${pos}`,
    check: "تحقَّق",
    correct: "صحيح",
    incorrect: "غير صحيح",
    explain: "اشرح",
    hideExplanation: "أخفِ الشرح",
    nextQuestion: "السؤال التالي",
    INVALID_MESSAGE_PREFIX: "لم نتمكن من تقييم إجابتك.",
    DEFAULT_INVALID_MESSAGE_1: "يبدو أنك تركت شيئًا فارغًا أو ",
    DEFAULT_INVALID_MESSAGE_2: "أدخلت إجابة غير صالحة.",
    hints: "تلميحات",
    chooseOneAnswer: "اختر إجابة واحدة:",
    chooseAllAnswers: "اختر جميع الإجابات الصحيحة:",
    chooseNumAnswers: ({numCorrect}) => `عدد الإجابات المطلوبة: ${numCorrect}`,
    chooseCorrectNum: "اختر العدد المطلوب من الإجابات.",
    noneOfTheAbove: "لا شيء مما سبق",
    notNoneOfTheAbove: "لا يمكن اختيار «لا شيء مما سبق» مع إجابات أخرى.",
    choice: ({letter}) => `(الخيار ${letter})`,
    choiceChecked: ({letter}) => `(الخيار ${letter}، محدَّد)`,
    choiceCorrect: ({letter}) => `(الخيار ${letter}، صحيح)`,
    choiceCheckedCorrect: ({letter}) => `(الخيار ${letter}، محدَّد، صحيح)`,
    choiceIncorrect: ({letter}) => `(الخيار ${letter}، غير صحيح)`,
    choiceCheckedIncorrect: ({letter}) => `(الخيار ${letter}، محدَّد، غير صحيح)`,
    notSelected: "غير محدَّد",
    letters: "أ ب ج د هـ و ز ح ط ي ك ل م ن س ع ف ص ق ر ش ت ث خ ذ ض",
    selectAnAnswer: "اختر إجابة",
    choices: "الخيارات:",
    answers: ({num}) => `الإجابات: ${num}`,
    hideAnswersToggleLabel: "إخفاء الخيارات",
    tapSingle: "المس كل نقطة في الصورة لاختيار إجابة.",
    clickSingle: "انقر كل نقطة في الصورة لاختيار إجابة.",
    tapMultiple: "المس كل نقطة في الصورة لاختيار جميع الإجابات الصحيحة.",
    clickMultiple: "انقر كل نقطة في الصورة لاختيار جميع الإجابات الصحيحة.",
    yourAnswer: "**يجب أن تكون إجابتك** ",
    yourAnswerLabel: "إجابتك:",
    integerExample: "عددًا صحيحًا، مثل $6$",
    properExample: "كسرًا *حقيقيًا*، مثل $1/2$ أو $6/10$",
    simplifiedProperExample: "كسرًا حقيقيًا *في أبسط صورة*، مثل $3/5$",
    improperExample: "كسرًا *غير حقيقي*، مثل $10/7$ أو $14/8$",
    simplifiedImproperExample: "كسرًا غير حقيقي *في أبسط صورة*، مثل $7/4$",
    mixedExample: "عددًا كسريًا، مثل $1\\ 3/4$",
    decimalExample: "عددًا عشريًا *دقيقًا*، مثل $0.75$",
    percentExample: "نسبة مئوية، مثل $12.34\\%$",
    EMPTY_RESPONSE_ERROR: "ما زالت في هذا السؤال أجزاء بلا إجابة.",
    EXTRA_SYMBOLS_ERROR: "لم نفهم إجابتك. تحقَّق من أنه ليس فيها نص أو رموز زائدة.",
    NEEDS_TO_BE_SIMPLFIED_ERROR: "إجابتك صحيحة تقريبًا، لكنها تحتاج إلى تبسيط.",
    USER_INPUT_EMPTY: "إجابتك فارغة.",
    invalidSelection: "اختر شيئًا في كل صف.",
    fillAllCells: "املأ جميع الخانات.",
    numDivisions: "عدد الأقسام:",
    graphKeyboardPrompt: "اضغط Shift + Enter لاستعمال الرسم",
    srGraphInstructions: "استعمل المفتاح Tab للتنقل بين عناصر الرسم. وعندما يكون عنصر محدَّدًا، حرِّكه بالمفاتيح Control + Shift + الأسهم.",
    srPointAtCoordinates: ({num, x, y}) => `النقطة ${num} عند ${x}، ${y}.`,
    mathInputBox: "مربع لكتابة الصيغ",
    openKeypad: "فتح لوحة المفاتيح الرياضية",
    closeKeypad: "إغلاق لوحة المفاتيح الرياضية",
    imageZoomAriaLabel: "تكبير الصورة.",
    imageResetZoomAriaLabel: "إغلاق الصورة.",
    loading: "جارٍ التحميل…",
    cellName: ({row, column, header}) => `${plain(header) || `العمود ${column}`}، الصف ${row}`,
};

const ALL: Record<string, Words> = {es: {...EN, ...ES}, ar: {...EN, ...AR}};

/** The words of a locale; English if it has none here. */
export function perseusWords(locale: string): Words {
    return ALL[locale.toLowerCase().split(/[-_]/)[0] ?? ""] ?? EN;
}

/** A heading for reading aloud, without the marks of Markdown and TeX. */
function plain(text = ""): string {
    return text.replace(/\\(?:[dt]?frac)\{([^{}]*)\}\{([^{}]*)\}/g, "$1/$2").replace(/[$*_`{}\\]/g, "").trim();
}
