import { agreeing } from "./agreeing";
import { basics } from "./basics";
import { choices } from "./choices";
import { colours } from "./colours";
import { frame } from "./frame";
import { messages } from "./messages";
import { modes } from "./modes";
import { steps } from "./steps";
import { writing } from "./writing";

/** In this order: a later part may change what an earlier one says. */
export const styles = [colours, basics, frame, messages, steps, choices, writing, agreeing, modes];
