const api = parent.API_1484_11;
api.Initialize("");
addEventListener("pagehide", () => api.Terminate(""));
