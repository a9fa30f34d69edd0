// Makes or shows a passkey: asks our server, then the browser, then our server again. Without this script,
// or in a browser without passkeys, the page says what to do instead.
(() => {
  "use strict";

  const box = document.querySelector("[data-passkey]");
  if (!box || !window.PublicKeyCredential || !navigator.credentials) return;
  const button = box.querySelector("button");
  const alert = box.querySelector("[role=alert]");
  button.hidden = false;
  box.querySelector("[data-without]").hidden = true;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const words = (buffer) => {
    const plain = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const say = (problem) => {
    alert.querySelector("[data-problem]").textContent = problem;
    alert.hidden = false;
    button.disabled = false;
  };

  const post = async (address, body) => {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": box.dataset.token },
      body: JSON.stringify(body),
    });
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    const answer = isJson ? await response.json() : {};
    if (!response.ok) throw new Error(answer.message || "That didn’t come through. Load the page again.");
    return answer;
  };

  const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async (asked) => {
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: listed(asked.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    const { response } = made;
    return {
      ...named(made),
      response: {
        clientDataJSON: words(response.clientDataJSON),
        attestationObject: words(response.attestationObject),
        transports: response.getTransports ? response.getTransports() : [],
      },
    };
  };

  const show = async (asked) => {
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: listed(asked.allowCredentials),
    };
    const shown = await navigator.credentials.get({ publicKey });
    const { response } = shown;
    const trust = document.querySelector("[name=trust]");
    return {
      ...named(shown),
      trust: Boolean(trust && trust.checked),
      response: {
        clientDataJSON: words(response.clientDataJSON),
        authenticatorData: words(response.authenticatorData),
        signature: words(response.signature),
        userHandle: response.userHandle ? words(response.userHandle) : null,
      },
    };
  };

  const named = (credential) => ({
    id: credential.id,
    rawId: words(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  const problemOf = (error) => {
    if (error.name === "NotAllowedError") return "The browser was told no, or took too long. Try once more.";
    if (error.name === "InvalidStateError") return "There’s a passkey of yours on that device already.";
    if (error instanceof DOMException) return "This browser couldn’t do it. Use a code instead.";
    return error.message;
  };

  button.addEventListener("click", async () => {
    alert.hidden = true;
    button.disabled = true;
    try {
      const asked = await post(box.dataset.ask, {});
      const given = box.dataset.passkey === "create" ? await make(asked) : await show(asked);
      const answer = await post(box.dataset.answer, given);
      window.location.assign(answer.to);
    } catch (error) {
      say(problemOf(error));
    }
  });
})();
