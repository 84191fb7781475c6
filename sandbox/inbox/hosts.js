/* How Teams sets up the Adaptive Cards renderer on the desktop, in its light and its dark theme. */

const LIGHT = {
  text: ["#242424", "#616161"],
  accent: ["#4F52B2", "#5B5FC7"],
  good: ["#13A10E", "#237B4B"],
  warning: ["#835B00", "#986F0B"],
  attention: ["#C4314B", "#B10E1C"],
  line: "#E0E0E0",
  boxes: { emphasis: "#F5F5F5", accent: "#E8EBFA", good: "#E7F2DA", warning: "#FBF6D9", attention: "#FCF4F6" },
};
const DARK = {
  text: ["#FFFFFF", "#ADADAD"],
  accent: ["#9299F7", "#7F85F5"],
  good: ["#92C353", "#6BB700"],
  warning: ["#F8D22A", "#EAA300"],
  attention: ["#F9526B", "#E37D80"],
  line: "#525252",
  boxes: { emphasis: "#1F1F1F", accent: "#2F2F4A", good: "#1E2B17", warning: "#332B12", attention: "#3A1D22" },
};

const pair = ([normal, subtle]) => ({ default: normal, subtle });

function colours(theme) {
  return {
    default: pair(theme.text),
    light: pair(DARK.text),
    dark: pair(LIGHT.text),
    accent: pair(theme.accent),
    good: pair(theme.good),
    warning: pair(theme.warning),
    attention: pair(theme.attention),
  };
}

/** The host configuration as an object; `dark` chooses the theme. */
export function hostConfig(dark) {
  const theme = dark ? DARK : LIGHT;
  const style = (backgroundColor) => ({ backgroundColor, foregroundColors: colours(theme) });
  const boxes = Object.entries(theme.boxes).map(([name, colour]) => [name, style(colour)]);
  return {
    supportsInteractivity: true,
    fontTypes: {
      default: {
        fontFamily: "'Segoe UI', 'Selawik', system-ui, sans-serif",
        fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
        fontWeights: { lighter: 300, default: 400, bolder: 600 },
      },
      monospace: {
        fontFamily: "Consolas, 'Liberation Mono', monospace",
        fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
        fontWeights: { lighter: 300, default: 400, bolder: 600 },
      },
    },
    lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
    imageSizes: { small: 32, medium: 52, large: 100 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: theme.line },
    containerStyles: { default: style("#00000000"), ...Object.fromEntries(boxes) },
    actions: {
      maxActions: 6,
      spacing: "default",
      buttonSpacing: 8,
      showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
      actionsOrientation: "horizontal",
      actionAlignment: "left",
      iconPlacement: "leftOfTitle",
      iconSize: 16,
    },
    adaptiveCard: { allowCustomStyle: false },
    factSet: {
      title: { weight: "bolder", wrap: true, maxWidth: 150 },
      value: { wrap: true },
      spacing: 16,
    },
    textBlock: { headingLevel: 3 },
  };
}
