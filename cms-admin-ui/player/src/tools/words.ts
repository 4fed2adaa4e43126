/** The names of the tools, and the words on them. */

/** The tools that an item may ask for, by their names in Perseus's `answerArea`. */
export const TOOLS = [
    "calculator", "financialCalculatorMonthlyPayment", "financialCalculatorTotalAmount", "financialCalculatorTimeToPayOff",
    "periodicTable", "zTable", "tTable", "chi2Table",
] as const;

export type Tool = (typeof TOOLS)[number];

export interface ToolWords {
    tools: string;
    close: string;
    failed: string;
    names: Record<Tool, string>;
    expression: string;
    result: string;
    noResult: string;
    degrees: string;
    radians: string;
    clear: string;
    erase: string;
    equals: string;
    answer: string;
    graph: string;
    drawn: (functions: string) => string;
    from: string;
    to: string;
    loan: string;
    rate: string;
    months: string;
    payment: string;
    perMonth: string;
    inAll: string;
    payOff: string;
    monthCount: (months: number) => string;
    never: string;
    tail: string;
    freedom: string;
    below: string;
    above: string;
    key: string;
    atomicNumber: string;
    symbol: string;
    elementName: string;
    mass: string;
    group: string;
    period: string;
    element: "en" | "es" | "ar";
}

const EN: ToolWords = {
    tools: "Tools", close: "Close", failed: "The tool could not be loaded. Look at your connection, then open it again.",
    names: {
        calculator: "Calculator", financialCalculatorMonthlyPayment: "Monthly payment", financialCalculatorTotalAmount: "Total amount",
        financialCalculatorTimeToPayOff: "Time to pay off", periodicTable: "Periodic table", zTable: "z-table", tTable: "t-table", chi2Table: "χ²-table",
    },
    expression: "What to calculate", result: "Result", noResult: "This can’t be calculated.", degrees: "Degrees", radians: "Radians",
    clear: "Clear", erase: "Delete", equals: "Equals", answer: "Last answer", graph: "Function of x", drawn: (functions) => `Graph of ${functions}`, from: "from", to: "to",
    loan: "Loan", rate: "Interest a year, in percent", months: "Months", payment: "Payment a month", perMonth: "Payment a month", inAll: "Paid in all",
    payOff: "Paid off after", monthCount: (months) => `${months} ${months === 1 ? "month" : "months"}`, never: "It is never paid off: the payment does not cover the interest.",
    tail: "Upper tail", freedom: "df", below: "How likely a value is at most z", above: "What is exceeded with the probability above",
    key: "Key", atomicNumber: "Atomic number", symbol: "Symbol", elementName: "Name", mass: "Atomic mass", group: "Group", period: "Period", element: "en",
};

const ES: ToolWords = {
    tools: "Herramientas", close: "Cerrar", failed: "La herramienta no llegó. Mira tu conexión y vuelve a abrirla.",
    names: {
        calculator: "Calculadora", financialCalculatorMonthlyPayment: "Pago mensual", financialCalculatorTotalAmount: "Importe total",
        financialCalculatorTimeToPayOff: "Tiempo para saldar", periodicTable: "Tabla periódica", zTable: "Tabla z", tTable: "Tabla t", chi2Table: "Tabla χ²",
    },
    expression: "Qué calcular", result: "Resultado", noResult: "Esto no se puede calcular.", degrees: "Grados", radians: "Radianes",
    clear: "Limpiar", erase: "Borrar", equals: "Igual", answer: "Última respuesta", graph: "Función de x", drawn: (functions) => `Gráfica de ${functions}`, from: "desde", to: "hasta",
    loan: "Préstamo", rate: "Interés anual, en por ciento", months: "Meses", payment: "Pago al mes", perMonth: "Pago al mes", inAll: "Pagado en total",
    payOff: "Saldado después de", monthCount: (months) => `${months} ${months === 1 ? "mes" : "meses"}`, never: "Nunca se salda: el pago no cubre los intereses.",
    tail: "Cola superior", freedom: "gl", below: "Probabilidad de un valor de z o menor", above: "Lo que se supera con la probabilidad de arriba",
    key: "Clave", atomicNumber: "Número atómico", symbol: "Símbolo", elementName: "Nombre", mass: "Masa atómica", group: "Grupo", period: "Periodo", element: "es",
};

const AR: ToolWords = {
    tools: "أدوات", close: "إغلاق", failed: "لم تصل الأداة. تأكد من اتصالك ثم افتحها من جديد.",
    names: {
        calculator: "آلة حاسبة", financialCalculatorMonthlyPayment: "الدفعة الشهرية", financialCalculatorTotalAmount: "المبلغ الكلي",
        financialCalculatorTimeToPayOff: "مدة السداد", periodicTable: "الجدول الدوري", zTable: "جدول z", tTable: "جدول t", chi2Table: "جدول χ²",
    },
    expression: "ما يُحسب", result: "الناتج", noResult: "لا يمكن حساب هذا.", degrees: "درجات", radians: "راديان",
    clear: "مسح الكل", erase: "حذف", equals: "يساوي", answer: "آخر ناتج", graph: "دالة في x", drawn: (functions) => `رسم ${functions}`, from: "من", to: "إلى",
    loan: "القرض", rate: "الفائدة السنوية بالمئة", months: "عدد الأشهر", payment: "الدفعة الشهرية", perMonth: "الدفعة الشهرية", inAll: "المدفوع كله",
    payOff: "يُسدَّد بعد", monthCount: (months) => `${months} شهر`, never: "لا يُسدَّد أبدًا: الدفعة لا تغطي الفائدة.",
    tail: "الذيل الأعلى", freedom: "درجات الحرية", below: "احتمال قيمة لا تزيد على z", above: "القيمة التي يُتجاوَز عنها بالاحتمال المذكور أعلاه",
    key: "مفتاح", atomicNumber: "العدد الذري", symbol: "الرمز", elementName: "الاسم", mass: "الكتلة الذرية", group: "المجموعة", period: "الدورة", element: "ar",
};

const ALL: Record<string, ToolWords> = {en: EN, es: ES, ar: AR};

/** The words of a locale; English if it has none here. */
export function toolWords(locale: string): ToolWords {
    return ALL[locale.toLowerCase().split(/[-_]/)[0] ?? ""] ?? EN;
}
