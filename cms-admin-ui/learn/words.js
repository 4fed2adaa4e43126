/** The page's own words, in the languages that it knows; English for all others. */

const EN = {
  learn: "Learn", language: "Language", skip: "Skip to the content", home: "Home", trail: "Where you are",
  topic: "Topic", course: "Course", unit: "Unit", lesson: "Lesson", article: "Article", exercise: "Practice", quiz: "Quiz", video: "Video",
  inThis: "In this lesson", next: "Next", back: "Back", done: "Done",
  question: (at, of) => `Question ${at} of ${of}`, check: "Check", again: "Check again", nextQuestion: "Next question", skipQuestion: "Skip",
  finish: "See how it went", hint: (left) => (left === null ? "Hint" : `Hint (${left} left)`), noHints: "No more hints",
  emptyParts: (count) => (count === 1 ? "One part still needs an answer." : `${count} parts still need an answer.`),
  kept: "There is no connection. Your answer is kept and will be checked when you are back.",
  questionOf: (title, number) => `“${title}”, question ${number}`,
  outcome: (what, result) => `${what}, which you answered without a connection: ${{ right: "right.", wrong: "not right yet.", unreadable: "the answer could not be read. Give it again.", uncounted: "it has nothing that is checked, so it does not count.", refused: "it could not be checked any more. Answer it as it is now." }[result]}`,
  gone: (count) => (count === 1 ? "A question that you answered without a connection was taken out of the course. Your answer to it was removed from this device." : `${count} questions that you answered without a connection were taken out of the course. Your answers to them were removed from this device.`),
  close: "Close", past: "You got this right before.", pastChanged: "This question has changed since you got it right.",
  notCounted: (count) => (count === 1 ? "One question has nothing that is checked and is not counted." : `${count} questions have nothing that is checked and are not counted.`),
  waiting: (count) => (count === 1 ? "One answer waits for a connection and will be checked then." : `${count} answers wait for a connection and will be checked then.`),
  noScore: "Answers can’t be checked here right now.", noHint: "The hint could not be loaded. Try again.",
  result: (right, of) => `${right} of ${of} right at the first try`,
  resultGood: "Well done!", resultFair: "Good work. Try it once more to make it stick.", resultLow: "Keep going: read the lesson again, then try once more.",
  tryAgain: "Practise again", goOn: "Go on",
  play: "Play the video", playNote: "Plays from YouTube, which may then see that you watch.", ownCopy: "YouTube doesn’t play? Use our copy", youtube: "Watch on YouTube instead",
  transcript: "Transcript", noVideo: "This video can’t be played here.", readInstead: "You can read what is said in it.", playAgain: "Try again", jump: (time) => `Go to ${time}`,
  notTranslated: (language) => `This page is only in ${language} so far.`,
  partlyTranslated: (language) => `Parts of this page are only in ${language} so far.`,
  questionNotTranslated: (language) => `This question is only in ${language} so far.`,
  empty: "Nothing in here yet.", lost: "There is nothing here", lostWhy: "The page may have moved, or the address has a mistake.",
  retired: "This was taken out", retiredWhy: "It is no longer part of the course.", offline: "No connection", offlineWhy: "Check your connection, then try again.",
  failed: "This did not work", tryOnceMore: "Try again", nothing: "Nothing is published yet", nothingWhy: "Lessons appear here once someone publishes them.",
  progress: (right, of) => `${right} of ${of} right`, by: (who) => `By ${who}`,
};

const ES = {
  learn: "Aprender", language: "Idioma", skip: "Ir al contenido", home: "Inicio", trail: "Dónde estás",
  topic: "Tema", course: "Curso", unit: "Unidad", lesson: "Lección", article: "Artículo", exercise: "Práctica", quiz: "Cuestionario", video: "Video",
  inThis: "En esta lección", next: "Siguiente", back: "Atrás", done: "Hecho",
  question: (at, of) => `Pregunta ${at} de ${of}`, check: "Comprobar", again: "Comprobar otra vez", nextQuestion: "Siguiente pregunta", skipQuestion: "Saltar",
  finish: "Ver cómo te fue", hint: (left) => (left === null ? "Pista" : `Pista (quedan ${left})`), noHints: "No hay más pistas",
  emptyParts: (count) => (count === 1 ? "Falta responder una parte." : `Falta responder ${count} partes.`),
  kept: "No hay conexión. Tu respuesta se guarda y se comprobará cuando vuelvas.",
  questionOf: (title, number) => `«${title}», pregunta ${number}`,
  outcome: (what, result) => `${what}, que respondiste sin conexión: ${{ right: "correcto.", wrong: "todavía no.", unreadable: "no se pudo leer la respuesta. Vuelve a darla.", uncounted: "no tiene nada que comprobar, así que no cuenta.", refused: "ya no se pudo comprobar. Respóndela como está ahora." }[result]}`,
  gone: (count) => (count === 1 ? "Una pregunta que respondiste sin conexión se retiró del curso. Tu respuesta se borró de este dispositivo." : `${count} preguntas que respondiste sin conexión se retiraron del curso. Tus respuestas se borraron de este dispositivo.`),
  close: "Cerrar", past: "Esta ya la tuviste bien.", pastChanged: "Esta pregunta ha cambiado desde que la tuviste bien.",
  notCounted: (count) => (count === 1 ? "Una pregunta no tiene nada que comprobar y no cuenta." : `${count} preguntas no tienen nada que comprobar y no cuentan.`),
  waiting: (count) => (count === 1 ? "Una respuesta espera conexión y se comprobará entonces." : `${count} respuestas esperan conexión y se comprobarán entonces.`),
  noScore: "Ahora mismo no se pueden comprobar respuestas.", noHint: "La pista no llegó. Inténtalo de nuevo.",
  result: (right, of) => `${right} de ${of} bien al primer intento`,
  resultGood: "¡Muy bien!", resultFair: "Buen trabajo. Hazlo otra vez para recordarlo.", resultLow: "Sigue: lee la lección de nuevo y vuelve a intentarlo.",
  tryAgain: "Practicar otra vez", goOn: "Seguir",
  play: "Reproducir el video", playNote: "Se reproduce desde YouTube, que podrá ver que lo miras.", ownCopy: "¿YouTube no funciona? Usa nuestra copia", youtube: "Ver en YouTube",
  transcript: "Transcripción", noVideo: "Este video no se puede reproducir aquí.", readInstead: "Puedes leer lo que se dice en él.", playAgain: "Intentar de nuevo", jump: (time) => `Ir a ${time}`,
  notTranslated: (language) => `Esta página todavía está solo en ${language}.`,
  partlyTranslated: (language) => `Partes de esta página todavía están solo en ${language}.`,
  questionNotTranslated: (language) => `Esta pregunta todavía está solo en ${language}.`,
  empty: "Todavía no hay nada aquí.", lost: "Aquí no hay nada", lostWhy: "La página puede haberse movido, o la dirección tiene un error.",
  retired: "Esto se retiró", retiredWhy: "Ya no forma parte del curso.", offline: "Sin conexión", offlineWhy: "Revisa tu conexión e inténtalo de nuevo.",
  failed: "Esto no funcionó", tryOnceMore: "Intentar de nuevo", nothing: "Todavía no hay nada publicado", nothingWhy: "Las lecciones aparecen aquí cuando alguien las publica.",
  progress: (right, of) => `${right} de ${of} bien`, by: (who) => `Por ${who}`,
};

/** Arabic has different words for one, two, few and many. */
const arabic = new Intl.PluralRules("ar");
const counted = (count, forms) => (forms[arabic.select(count)] ?? forms.other).replace("#", count);

const AR = {
  learn: "تعلَّم", language: "اللغة", skip: "انتقل إلى المحتوى", home: "الرئيسية", trail: "أين أنت",
  topic: "موضوع", course: "دورة", unit: "وحدة", lesson: "درس", article: "مقالة", exercise: "تمرين", quiz: "اختبار", video: "فيديو",
  inThis: "في هذا الدرس", next: "التالي", back: "السابق", done: "انتهيت",
  question: (at, of) => `السؤال ${at} من ${of}`, check: "تحقَّق", again: "تحقَّق مرة أخرى", nextQuestion: "السؤال التالي", skipQuestion: "تخطَّ",
  finish: "انظر كيف كانت النتيجة", hint: (left) => (left === null ? "تلميح" : `تلميح (بقي ${left})`), noHints: "لا تلميحات أخرى",
  emptyParts: (count) => counted(count, { one: "بقي جزء واحد بلا إجابة.", two: "بقي جزءان بلا إجابة.", few: "بقيت # أجزاء بلا إجابة.", other: "بقي # جزءًا بلا إجابة." }),
  kept: "لا يوجد اتصال. حُفظت إجابتك وسيُتحقَّق منها عندما يعود الاتصال.",
  questionOf: (title, number) => `«${title}»، السؤال ${number}`,
  outcome: (what, result) => `${what}، وقد أجبت عنه دون اتصال: ${{ right: "صحيح.", wrong: "ليس بعد.", unreadable: "تعذَّرت قراءة الإجابة. أعد كتابتها.", uncounted: "ليس فيه ما يُتحقَّق منه، لذلك لا يُحتسب.", refused: "لم يعد ممكنًا التحقق منه. أجب عنه كما هو الآن." }[result]}`,
  gone: (count) => counted(count, { one: "أُزيل من الدورة سؤال أجبت عنه دون اتصال، وحُذفت إجابتك من هذا الجهاز.", two: "أُزيل من الدورة سؤالان أجبت عنهما دون اتصال، وحُذفت إجابتاك من هذا الجهاز.", few: "أُزيلت من الدورة # أسئلة أجبت عنها دون اتصال، وحُذفت إجاباتك من هذا الجهاز.", other: "أُزيل من الدورة # سؤالًا أجبت عنها دون اتصال، وحُذفت إجاباتك من هذا الجهاز." }),
  close: "إغلاق", past: "أجبت عن هذا إجابة صحيحة من قبل.", pastChanged: "تغيَّر هذا السؤال منذ أن أجبت عنه إجابة صحيحة.",
  notCounted: (count) => counted(count, { one: "سؤال واحد ليس فيه ما يُتحقَّق منه ولا يُحتسب.", two: "سؤالان ليس فيهما ما يُتحقَّق منه ولا يُحتسبان.", few: "# أسئلة ليس فيها ما يُتحقَّق منه ولا تُحتسب.", other: "# سؤالًا ليس فيها ما يُتحقَّق منه ولا تُحتسب." }),
  waiting: (count) => `إجابات تنتظر الاتصال وسيُتحقَّق منها حينئذ: ${count}.`,
  noScore: "لا يمكن التحقق من الإجابات هنا الآن.", noHint: "لم يصل التلميح. حاول مرة أخرى.",
  result: (right, of) => `${right} من ${of} صحيح من المحاولة الأولى`,
  resultGood: "أحسنت!", resultFair: "عمل جيد. أعد التمرين لتثبِّت ما تعلمته.", resultLow: "واصل: اقرأ الدرس مرة أخرى ثم حاول من جديد.",
  tryAgain: "تدرَّب مرة أخرى", goOn: "تابع",
  play: "شغِّل الفيديو", playNote: "يُعرض من يوتيوب، وقد يرى عندئذ أنك تشاهده.", ownCopy: "يوتيوب لا يعمل؟ استعمل نسختنا", youtube: "شاهد على يوتيوب بدلًا من ذلك",
  transcript: "النص المكتوب", noVideo: "لا يمكن تشغيل هذا الفيديو هنا.", readInstead: "يمكنك قراءة ما يقال فيه.", playAgain: "حاول مرة أخرى", jump: (time) => `انتقل إلى ${time}`,
  notTranslated: (language) => `هذه الصفحة متوفرة حتى الآن بهذه اللغة فقط: ${language}.`,
  partlyTranslated: (language) => `أجزاء من هذه الصفحة متوفرة حتى الآن بهذه اللغة فقط: ${language}.`,
  questionNotTranslated: (language) => `هذا السؤال متوفر حتى الآن بهذه اللغة فقط: ${language}.`,
  empty: "لا شيء هنا بعد.", lost: "لا يوجد شيء هنا", lostWhy: "ربما نُقلت الصفحة، أو في العنوان خطأ.",
  retired: "أُزيل هذا", retiredWhy: "لم يعد جزءًا من الدورة.", offline: "لا يوجد اتصال", offlineWhy: "تحقَّق من اتصالك ثم حاول مرة أخرى.",
  failed: "تعذَّر ذلك", tryOnceMore: "حاول مرة أخرى", nothing: "لم يُنشر شيء بعد", nothingWhy: "ستظهر الدروس هنا عندما تُنشر.",
  progress: (right, of) => `${right} من ${of} صحيح`, by: (who) => `إعداد ${who}`,
};

const ALL = { en: EN, es: ES, ar: AR };
let chosen = EN;

/** Chooses a language; English if the page does not know it. */
export function speak(tag) {
  chosen = ALL[tag.toLowerCase().split("-")[0]] ?? EN;
}

/** A word, or a sentence with its numbers. */
export function say(name, ...values) {
  const word = chosen[name] ?? EN[name];
  return typeof word === "function" ? word(...values) : word;
}

/** The word for a kind, or the kind's own name if there is no word. */
export const kindWord = (kind) => chosen[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
