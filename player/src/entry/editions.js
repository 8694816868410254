import { editions } from "../edition.js";

window.coursepackEditions = editions;
