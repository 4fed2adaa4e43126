/**
 * Stands in for Khan Academy's MathJax: formulas are set by KaTeX, which is smaller and evaluates no text. Without
 * MathJax's speech, formulas that a learner types are read out by the input's own simpler rules.
 */
export const SpeechRuleEngine = {
    setup: (): Promise<never> => new Promise(() => {}),
};
