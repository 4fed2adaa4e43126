/**
 * The decimal separator of a locale, which decides how a learner's number is read.
 *
 * QuickJS has no `Intl`. The tables are CLDR 48's default number formats, as Node 20 reports them.
 */
const COMMA = new Set(
    (
        "af agq sq hy ast az eu bas be bg blo bs br bua ca cs cv da de dsb dua nl dyo et el eo es ewo fo ff " +
        "fi fr fy fur ka gl hr hsb hu ia is id ie it jv jgo kab kl kk kea kgp rw ky kkj ku ksf ksh lo lv lb " +
        "lij ln lt lmo lu mk mgh ro mua nb nds nmg nn nnh no oc os pl pms pt prg rm rn ru sg sah sc sr scn se " +
        "seh shi sk sl smn su sv szl tt tg tk tok tr tzm uk uz vec vi vmw wae wo yav yrl zgh " +
        "ar-DZ ar-LY ar-MA ar-TN en-AT en-BE en-CZ en-DE en-DK en-EE en-ES en-FI en-FR en-GE en-HU en-ID " +
        "en-IT en-LT en-LV en-NL en-NO en-PL en-PT en-RO en-SE en-SI en-SK en-UA en-ZA ms-BN ms-ID qu-BO sw-CD"
    ).split(" "),
);

const ARABIC = new Set(
    (
        "ars ckb fa ks lrc mzn ps ar-BH ar-DJ ar-EG ar-ER ar-IL ar-IQ ar-JO ar-KM ar-KW ar-LB ar-MR ar-OM " +
        "ar-PS ar-QA ar-SA ar-SD ar-SO ar-SS ar-SY ar-TD ar-YE pa-PK ur-IN uz-AF"
    ).split(" "),
);

const POINT = new Set(
    (
        "de-CH de-LI es-BR es-BZ es-CU es-DO es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-SV es-US es-419 " +
        "it-CH kk-CN ku-IQ"
    ).split(" "),
);

/** The separator of a locale such as `pt-BR`; a point if the locale is not known. */
export function decimalSeparator(locale) {
    const subtags = String(locale).split(/[-_]/);
    const language = subtags[0].toLowerCase();
    // A script may stand between the language and the region.
    const region = subtags.slice(1).find((subtag) => /^([a-z]{2}|[0-9]{3})$/i.test(subtag));
    const tags = region === undefined ? [language] : [`${language}-${region.toUpperCase()}`, language];
    for (const tag of tags) {
        if (POINT.has(tag)) {
            return ".";
        }
        if (COMMA.has(tag)) {
            return ",";
        }
        if (ARABIC.has(tag)) {
            return "٫";
        }
    }
    return ".";
}
