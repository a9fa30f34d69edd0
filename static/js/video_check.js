// A try of sound and camera before a meeting online. Nothing is recorded and nothing is sent: the page's
// policy lets it connect to nowhere. What is on is off again when the page is left.
(() => {
  "use strict";

  const TONE_HERTZ = 440;
  const TONE_SECONDS = 1.2;
  // What a browser calls a fault, and what to do about it.
  const WORDS = {
    NotAllowedError:
      "Your browser wasn’t allowed to use the camera or microphone. Press the camera or lock sign beside the " +
      "address, allow both, and try again. On a phone it may be in the settings, under this browser.",
    NotFoundError: "I can’t find a camera or a microphone on this device. If you have one, plug it in and try again.",
    NotReadableError: "Another program is using the camera or microphone. Close it, then try again.",
  };
  const OTHER = "That didn’t work on this device. Try another browser, or use a phone.";
  const ONLY_SOUND = "The microphone works. I can’t use a camera here: we can go on by voice, or you can try a phone.";
  const WORKS = "It’s on. Do you see yourself? When you speak, the bar moves. Nothing of this leaves your device.";

  const root = document.querySelector("[data-video-check]");
  const [video, meter, said, start, stop, tone] = ["picture", "level", "said", "start", "stop", "tone"].map((name) =>
    root.querySelector(`[data-${name}]`),
  );
  let stream = null;
  let sound = null;
  let turn = 0;

  const show = (isOn) => {
    const hasPicture = isOn && stream.getVideoTracks().length > 0;
    video.hidden = !hasPicture;
    meter.parentElement.hidden = !isOn;
    start.hidden = isOn;
    stop.hidden = !isOn;
  };

  const off = () => {
    turn += 1; // what is still being asked for is not wanted any more
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    meter.value = 0;
    sound?.close();
    sound = null;
    show(false);
  };

  // How loud it is, from 0 to 1, as long as it is on.
  const listen = (live) => {
    sound = new AudioContext();
    const analyser = sound.createAnalyser();
    sound.createMediaStreamSource(live).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const look = () => {
      if (stream !== live) return;
      analyser.getFloatTimeDomainData(samples);
      const loudest = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      meter.value = Math.min(1, loudest * 2);
      requestAnimationFrame(look);
    };
    look();
  };

  const ask = async () => {
    const devices = navigator.mediaDevices;
    try {
      return await devices.getUserMedia({ audio: true, video: true });
    } catch (error) {
      // No camera, or one that won't open: sound alone is worth a try. A refusal counts for both.
      if (error.name === "NotAllowedError") throw error;
      return devices.getUserMedia({ audio: true });
    }
  };

  const begin = async () => {
    const mine = (turn += 1);
    said.textContent = "";
    const live = await ask();
    if (mine !== turn) {
      live.getTracks().forEach((track) => track.stop()); // they left while the browser asked them
      return;
    }
    stream = live;
    const hasPicture = stream.getVideoTracks().length > 0;
    if (hasPicture) video.srcObject = stream;
    show(true);
    listen(stream);
    said.textContent = hasPicture ? WORKS : ONLY_SOUND;
    stop.focus();
  };

  start.addEventListener("click", () => {
    begin().catch((error) => {
      off();
      said.textContent = WORDS[error.name] ?? OTHER;
    });
  });

  stop.addEventListener("click", () => {
    off();
    said.textContent = "It’s off.";
    start.focus();
  });

  tone.addEventListener("click", () => {
    const context = new AudioContext();
    const note = context.createOscillator();
    const volume = context.createGain();
    note.frequency.value = TONE_HERTZ;
    volume.gain.setValueAtTime(0.2, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + TONE_SECONDS);
    note.connect(volume).connect(context.destination);
    note.start();
    note.stop(context.currentTime + TONE_SECONDS);
    note.onended = () => context.close();
    said.textContent = "Did you hear a sound? If not, turn the volume up, or look where your headphones are plugged in.";
  });

  window.addEventListener("pagehide", off);

  // Without a camera to ask for (an old browser, an address without HTTPS) the words on the page must do.
  root.querySelector("[data-try]").hidden = !navigator.mediaDevices?.getUserMedia;
})();
