// Light and dark, by the reader's choice or else by the system's.
import { useSyncExternalStore } from "react";
import { theme, type ThemeConfig } from "antd";

const KEY = "bidlens.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set<() => void>();
const isDark = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";
const apply = () => { document.documentElement.dataset.theme = isDark() ? "dark" : "light"; for (const watcher of watchers) watcher(); };

system.addEventListener("change", apply);
apply();

export function chooseTheme(dark: boolean) {
  localStorage.setItem(KEY, dark ? "dark" : "light");
  apply();
}

export function useDark(): boolean {
  return useSyncExternalStore((watcher) => { watchers.add(watcher); return () => watchers.delete(watcher); }, isDark);
}

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",system-ui,sans-serif';

export const themeFor = (dark: boolean): ThemeConfig => ({
  algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
  token: {
    fontFamily: FONT,
    colorPrimary: dark ? "#3f6fd8" : "#174ea6",
    ...(dark ? {} : { colorError: "#b3261e" }),
    colorInfo: dark ? "#5b8def" : "#174ea6",
    colorLink: dark ? "#8ab0ff" : "#174ea6",
    // The library's own secondary greys are below 4.5:1.
    colorTextSecondary: dark ? "#b4bcc6" : "#52606d",
    colorTextTertiary: dark ? "#a3acb7" : "#5d6b79",
    colorTextDescription: dark ? "#a3acb7" : "#5d6b79",
    colorTextPlaceholder: dark ? "#8f99a5" : "#67737f",
    motionDurationMid: "0.12s",
    motionDurationSlow: "0.16s",
    borderRadius: 6,
  },
  components: { ...(dark ? { Tabs: { itemSelectedColor: "#8ab0ff", itemHoverColor: "#b5ccff", itemActiveColor: "#8ab0ff" } } : {}), Menu: { itemHeight: 34, ...(dark ? { itemSelectedColor: "#b5ccff", itemSelectedBg: "#26344f", itemBg: "#1b1f24" } : {}) }, Layout: { headerHeight: 52, headerPadding: "0 16px", headerBg: dark ? "#1b1f24" : "#ffffff", siderBg: dark ? "#1b1f24" : "#ffffff", bodyBg: dark ? "#14171b" : "#f4f6f8" } },
});
