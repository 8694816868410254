// In the head of every document: applies the learner's settings before the first paint.

import { apply, read } from "../look.js";

apply(read());
