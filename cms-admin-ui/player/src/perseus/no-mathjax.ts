/**
 * Stands where Khan Academy's MathJax would: formulas are set by KaTeX, which is smaller and evaluates no text.
 * Without its speech, formulas that a learner types are read out by the input's own simpler rules.
 */
export const SpeechRuleEngine = {
    setup: (): Promise<never> => new Promise(() => {}),
};
