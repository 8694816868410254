const launch = new URLSearchParams(location.search);
fetch(launch.get("fetch"), { method: "POST" })
  .then((response) => response.json())
  .then((answer) => answer["auth-token"]);
