// A chart, drawn once its place is known; its colours follow light and dark.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

import { useDark } from "../theme";

use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export default function Chart({ option, label, height = 260 }: { option: EChartsCoreOption; label: string; height?: number }) {
  const place = useRef<HTMLDivElement>(null);
  const dark = useDark();
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current, dark ? "dark" : undefined);
    // Tooltips are drawn on the canvas: those made of markup carry styles that the page's policy refuses.
    chart.setOption({ backgroundColor: "transparent", tooltip: { renderMode: "richText" }, ...option });
    const fit = new ResizeObserver(() => chart.resize());
    fit.observe(place.current);
    return () => { fit.disconnect(); chart.dispose(); };
  }, [option, dark]);
  return <div ref={place} role="img" aria-label={label} style={{ height }} />;
}
