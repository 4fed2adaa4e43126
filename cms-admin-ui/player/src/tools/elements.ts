/** The chemical elements: symbols, names and standard atomic weights (IUPAC, abridged, 2021), and where each stands. */

export interface Element {
    number: number;
    symbol: string;
    /** The mass as tables write it. For elements without a stable isotope, that of the longest-lived one in brackets. */
    mass: string;
    names: {en: string; es: string; ar: string};
    /** 1 to 7 are the periods; 8 and 9 are below them, set apart. */
    row: number;
    column: number;
}

const SYMBOLS =
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn " +
    "Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf " +
    "Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og";
const MASSES =
    "1.008 4.0026 6.94 9.0122 10.81 12.011 14.007 15.999 18.998 20.180 22.990 24.305 26.982 28.085 30.974 32.06 35.45 39.95 39.098 40.078 44.956 " +
    "47.867 50.942 51.996 54.938 55.845 58.933 58.693 63.546 65.38 69.723 72.630 74.922 78.971 79.904 83.798 85.468 87.62 88.906 91.224 92.906 " +
    "95.95 (97) 101.07 102.91 106.42 107.87 112.41 114.82 118.71 121.76 127.60 126.90 131.29 132.91 137.33 138.91 140.12 140.91 144.24 (145) " +
    "150.36 151.96 157.25 158.93 162.50 164.93 167.26 168.93 173.05 174.97 178.49 180.95 183.84 186.21 190.23 192.22 195.08 196.97 200.59 204.38 " +
    "207.2 208.98 (209) (210) (222) (223) (226) (227) 232.04 231.04 238.03 (237) (244) (243) (247) (247) (251) (252) (257) (258) (259) (262) " +
    "(267) (268) (269) (270) (269) (277) (281) (282) (285) (286) (290) (290) (293) (294) (294)";
const ENGLISH =
    "Hydrogen Helium Lithium Beryllium Boron Carbon Nitrogen Oxygen Fluorine Neon Sodium Magnesium Aluminum Silicon Phosphorus Sulfur Chlorine " +
    "Argon Potassium Calcium Scandium Titanium Vanadium Chromium Manganese Iron Cobalt Nickel Copper Zinc Gallium Germanium Arsenic Selenium " +
    "Bromine Krypton Rubidium Strontium Yttrium Zirconium Niobium Molybdenum Technetium Ruthenium Rhodium Palladium Silver Cadmium Indium Tin " +
    "Antimony Tellurium Iodine Xenon Cesium Barium Lanthanum Cerium Praseodymium Neodymium Promethium Samarium Europium Gadolinium Terbium " +
    "Dysprosium Holmium Erbium Thulium Ytterbium Lutetium Hafnium Tantalum Tungsten Rhenium Osmium Iridium Platinum Gold Mercury Thallium Lead " +
    "Bismuth Polonium Astatine Radon Francium Radium Actinium Thorium Protactinium Uranium Neptunium Plutonium Americium Curium Berkelium " +
    "Californium Einsteinium Fermium Mendelevium Nobelium Lawrencium Rutherfordium Dubnium Seaborgium Bohrium Hassium Meitnerium Darmstadtium " +
    "Roentgenium Copernicium Nihonium Flerovium Moscovium Livermorium Tennessine Oganesson";
const SPANISH =
    "Hidrógeno Helio Litio Berilio Boro Carbono Nitrógeno Oxígeno Flúor Neón Sodio Magnesio Aluminio Silicio Fósforo Azufre Cloro Argón Potasio " +
    "Calcio Escandio Titanio Vanadio Cromo Manganeso Hierro Cobalto Níquel Cobre Zinc Galio Germanio Arsénico Selenio Bromo Kriptón Rubidio " +
    "Estroncio Itrio Circonio Niobio Molibdeno Tecnecio Rutenio Rodio Paladio Plata Cadmio Indio Estaño Antimonio Telurio Yodo Xenón Cesio Bario " +
    "Lantano Cerio Praseodimio Neodimio Prometio Samario Europio Gadolinio Terbio Disprosio Holmio Erbio Tulio Iterbio Lutecio Hafnio Tantalio " +
    "Wolframio Renio Osmio Iridio Platino Oro Mercurio Talio Plomo Bismuto Polonio Astato Radón Francio Radio Actinio Torio Protactinio Uranio " +
    "Neptunio Plutonio Americio Curio Berkelio Californio Einstenio Fermio Mendelevio Nobelio Laurencio Rutherfordio Dubnio Seaborgio Bohrio " +
    "Hasio Meitnerio Darmstatio Roentgenio Copernicio Nihonio Flerovio Moscovio Livermorio Teneso Oganesón";
const ARABIC =
    "هيدروجين هيليوم ليثيوم بيريليوم بورون كربون نيتروجين أكسجين فلور نيون صوديوم مغنيسيوم ألومنيوم سيليكون فوسفور كبريت كلور أرغون بوتاسيوم " +
    "كالسيوم سكانديوم تيتانيوم فاناديوم كروم منغنيز حديد كوبالت نيكل نحاس زنك غاليوم جرمانيوم زرنيخ سيلينيوم بروم كريبتون روبيديوم سترونشيوم " +
    "إتريوم زركونيوم نيوبيوم موليبدنوم تكنيشيوم روثينيوم روديوم بلاديوم فضة كادميوم إنديوم قصدير إثمد تيلوريوم يود زينون سيزيوم باريوم لانثانوم " +
    "سيريوم براسيوديميوم نيوديميوم بروميثيوم ساماريوم يوروبيوم غادولينيوم تربيوم ديسبروسيوم هولميوم إربيوم ثوليوم إتربيوم لوتيشيوم هافنيوم " +
    "تنتالوم تنغستن رينيوم أوزميوم إريديوم بلاتين ذهب زئبق ثاليوم رصاص بزموت بولونيوم أستاتين رادون فرانسيوم راديوم أكتينيوم ثوريوم بروتكتينيوم " +
    "يورانيوم نبتونيوم بلوتونيوم أمريسيوم كوريوم بركيليوم كاليفورنيوم أينشتاينيوم فرميوم مندليفيوم نوبليوم لورنسيوم رذرفورديوم دبنيوم سيبورغيوم " +
    "بوريوم هاسيوم مايتنريوم دارمشتاتيوم رونتجينيوم كوبرنيسيوم نيهونيوم فليروفيوم موسكوفيوم ليفرموريوم تينيسين أوغانيسون";

/** The numbers of the noble gases, each of which ends a period. */
const ENDS = [0, 2, 10, 18, 36, 54, 86, 118];

const [masses, english, spanish, arabic] = [MASSES, ENGLISH, SPANISH, ARABIC].map((text) => text.split(" ")) as [string[], string[], string[], string[]];

export const ELEMENTS: Element[] = SYMBOLS.split(" ").map((symbol, index) => ({
    number: index + 1,
    symbol,
    mass: masses[index] ?? "",
    names: {en: english[index] ?? "", es: spanish[index] ?? "", ar: arabic[index] ?? ""},
    ...placeOf(index + 1),
}));

function placeOf(number: number): {row: number; column: number} {
    const row = ENDS.findIndex((end) => number <= end);
    const start = ENDS[row - 1] ?? 0;
    const length = (ENDS[row] ?? 0) - start;
    const at = number - start;
    if (length === 32 && at >= 3 && at <= 17) {
        return {row: row + 2, column: at};
    }
    // A row with fewer than 18 elements has its gap after its first two elements, or after its first one in the first
    // row.
    const isFront = at <= (length === 2 ? 1 : 2);
    return {row, column: isFront ? at : at + 18 - length};
}
