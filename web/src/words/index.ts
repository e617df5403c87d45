// The words of the pages. Chinese first; a reader's choice is kept in the browser.
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";

import { LABELS } from "./labels";
import { WORDS } from "./words";

export type Word = keyof typeof WORDS;
export type Language = "zh-CN" | "en";

const KEY = "bidlens.language";
const resource = (index: 0 | 1) => ({ translation: Object.fromEntries(Object.entries(WORDS).map(([key, pair]) => [key, pair[index]])) });

export async function startWords() {
  const kept = localStorage.getItem(KEY);
  await i18next.use(initReactI18next).init({
    lng: kept === "en" ? "en" : "zh-CN",
    resources: { "zh-CN": resource(0), en: resource(1) },
    // React sets every word as text.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = i18next.language;
}

export function chooseLanguage(language: Language) {
  localStorage.setItem(KEY, language === "en" ? "en" : "zh");
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

type Group = keyof typeof LABELS;

/** `t` for the pages' own words, `label` for those of the domain; a word nobody has translated is shown as it is. */
export function useWords() {
  const { t, i18n } = useTranslation();
  const index = i18n.language === "en" ? 1 : 0;
  return {
    t: (word: Word, values?: Record<string, string | number>) => t(word, values ?? {}),
    label: (group: Group, word: string) => LABELS[group][word]?.[index] ?? word.replaceAll("_", " "),
    language: i18n.language as Language,
  };
}
