// In the head of every document: what the learner has chosen is there when the first page is painted.

import { apply, read } from "../look.js";

apply(read());
