const api = parent.API;
api.LMSInitialize("");
addEventListener("pagehide", () => api.LMSFinish(""));
