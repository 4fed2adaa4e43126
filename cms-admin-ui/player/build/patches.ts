/**
 * The changes to Khan Academy's packages while they are bundled. Each change names its place, and a build that does
 * not find the place exactly once fails, so that a person looks at every new version of a package.
 *
 * - A picture that can't be loaded shows its description in a quiet box, instead of nothing or an endless spinner.
 * - Graphs are drawn small wherever there is little room, not only in Khan Academy's own app.
 * - Formulas of interactive figures are evaluated node by node: compiling them to a function is `eval`, which the
 *   page's policy forbids.
 * - The old protractor is requested in the same way as the new one, so that neither comes from elsewhere.
 * - Sorters and matchers begin as they were delivered: Perseus would shuffle their cards once more, and might hit the
 *   solution.
 * - Choices and cards that chance orders are never in the author's order if there are more than two, in groups as
 *   well.
 * - Cells of tables and matrices have names that are read out: their column's heading or number, and their row.
 * - Fonts come from the packages here, and only in the one format that every current browser reads.
 */
import type {Plugin} from "vite";

interface Change {
    in: RegExp;
    from: string;
    to: string;
}

const CHANGES: Change[] = [
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "case Status.FAILED:if(this.props.children){return this.props.children}break;",
        to: 'case Status.FAILED:return jsxRuntimeExports.jsx("span",{role:"img",className:"missing-picture","aria-label":this.props.imgProps.alt||undefined,children:this.props.imgProps.alt||"…"});',
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "this.createLoader=()=>{this.destroyLoader();",
        to: 'this.createLoader=()=>{this.destroyLoader();if(this.props.src.startsWith("missing:")){this.handleError();return}',
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "componentDidMount(){if(this.props.widgetProps.apiOptions.isMobile){const containerWidth",
        to: "componentDidMount(){{const containerWidth",
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: 'graph.mouselayer.image("https://ka-perseus-graphie.s3.amazonaws.com/e9d032f2ab8b95979f674fbfa67056442ba1ff6a.png",',
        to: 'graph.mouselayer.image(getDependencies().staticUrl("https://ka-perseus-graphie.s3.amazonaws.com/e9d032f2ab8b95979f674fbfa67056442ba1ff6a.png"),',
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "const shuffled=shuffleMatcher(options,problemNum);return shuffled",
        to: "return {left:options.left,right:options.right}",
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "const shuffled=shuffleSorter(options,problemNum);return {options:shuffled,",
        to: "return {options:options.correct,",
    },
    {
        // "None of the above" goes to the end in any case, so the others are shuffled without it.
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "randomize?shuffle(choicesWithMetadata,seed):choicesWithMetadata",
        to: "randomize?[...shuffle(choicesWithMetadata.filter(choice=>!choice.isNoneOfTheAbove),seed,choicesWithMetadata.filter(choice=>!choice.isNoneOfTheAbove).length>2),...choicesWithMetadata.filter(choice=>choice.isNoneOfTheAbove)]:choicesWithMetadata",
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: 'type:"text",value:answer,disabled:this.props.apiOptions.readOnly,',
        to: 'type:"text","aria-label":this.context.strings.cellName({row:r+1,column:c+1,header:headers[c]}),value:answer,disabled:this.props.apiOptions.readOnly,',
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "value:rowVals?rowVals[col]:null,style:{height:INPUT_HEIGHT,",
        to: "labelText:this.context.strings.cellName({row:row+1,column:col+1}),value:rowVals?rowVals[col]:null,style:{height:INPUT_HEIGHT,",
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "shuffle(indexedItems,this.props.problemNum)",
        to: "shuffle(indexedItems,this.props.problemNum,indexedItems.length>2)",
    },
    {
        in: /@khanacademy\/perseus\/dist\/es\/index\.js$/,
        from: "images:this.props.images,ref:ref=>this.rendererRef=ref,apiOptions:apiOptions,findExternalWidgets:",
        to: "images:this.props.images,problemNum:this.props.problemNum,ref:ref=>this.rendererRef=ref,apiOptions:apiOptions,findExternalWidgets:",
    },
    {
        in: /@khanacademy\/kas\/dist\/es\/index\.js$/,
        from: 'compile(){var code=this.codegen();try{return new Function("vars","return "+code+";")}catch{throw new Error("Function did not compile: "+code)}}',
        to: "compile(){return vars=>this.eval(vars)}",
    },
    {
        // The compiled code calls functions of other parts; the evaluated one knew only their text.
        in: /@khanacademy\/kas\/dist\/es\/index\.js$/,
        from: "var func=vars[this.symbol];",
        to: 'var func=vars[this.symbol];if(typeof func==="function"){return func(arg.eval(vars,options))}',
    },
    {
        in: /@khanacademy\/perseus\/dist\/index\.css$/,
        from: "url(https://cdn.kastatic.org/fonts/mathjax/MathJax_Main-Regular.woff) format(\"woff\")",
        to: "url(katex/dist/fonts/KaTeX_Main-Regular.woff2) format(\"woff2\")",
    },
    {
        in: /@khanacademy\/math-input\/dist\/index\.css$/,
        from: "src:url(../dist/assets/Symbola.eot);src:local(\"Symbola Regular\"),local(\"Symbola\"),url(../dist/assets/Symbola.woff2) format(\"woff2\"),url(../dist/assets/Symbola.woff) format(\"woff\"),url(../dist/assets/Symbola.ttf) format(\"truetype\"),url(../dist/assets/Symbola.svg#Symbola) format(\"svg\")",
        to: "src:url(../dist/assets/Symbola.woff2) format(\"woff2\")",
    },
];

const OLD_KATEX_FONTS = /,url\(fonts\/[\w-]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g;

/** The plugin that makes the changes. */
export function patches(): Plugin {
    const made = new Set<Change>();
    return {
        name: "patches",
        enforce: "pre",
        transform(source, id) {
            const file = id.split("?")[0] ?? id;
            let text = source;
            for (const change of CHANGES.filter((row) => row.in.test(file))) {
                const parts = text.split(change.from);
                if (parts.length !== 2) {
                    throw new Error(`${file} has ${parts.length - 1} places to change, not 1: ${change.from}`);
                }
                text = parts.join(change.to);
                made.add(change);
            }
            if (file.endsWith("katex/dist/katex.min.css")) {
                text = text.replace(OLD_KATEX_FONTS, "");
            }
            return text === source ? null : {code: text, map: null};
        },
        buildEnd(error) {
            const missed = CHANGES.find((change) => !made.has(change));
            if (!error && missed) {
                throw new Error(`nothing was bundled from ${missed.in}: ${missed.from}`);
            }
        },
    };
}
