/** What lies around the plot of a time chart, in pixels; the brush needs it as well as the chart. */
export const PLOT = { top: 8, right: 18, bottom: 26, left: 58 } as const;
