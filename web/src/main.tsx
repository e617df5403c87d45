import "./nonce";
import "./style.css";

import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Providers } from "./providers";
import { router } from "./router";
import { startWords } from "./words";

await startWords();
createRoot(document.getElementById("root")!).render(<StrictMode><Providers><RouterProvider router={router} /></Providers></StrictMode>);
