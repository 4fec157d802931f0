"use strict";

const byId = id => document.getElementById(id);

function live() {
  const link = byId("link");
  const readings = [];
  let minimum = Infinity, maximum = -Infinity, samples = 0;

  const socket = new WebSocket(`wss://${location.host}/live`);
  socket.onopen = () => { link.classList.add("live"); link.lastElementChild.textContent = "live"; };
  socket.onclose = () => {
    link.classList.remove("live");
    link.lastElementChild.textContent = "reconnecting";
    setTimeout(live, 1500);
  };
  socket.onmessage = message => {
    if (!byId("volts")) return;
    const { volts, celsius } = JSON.parse(message.data);
    samples += 1;
    minimum = Math.min(minimum, volts);
    maximum = Math.max(maximum, volts);
    readings.push(volts);
    if (readings.length > 600) readings.shift();
    byId("volts").textContent = volts.toFixed(4);
    byId("minimum").textContent = `${minimum.toFixed(4)} V`;
    byId("maximum").textContent = `${maximum.toFixed(4)} V`;
    byId("samples").textContent = samples;
    byId("temperature").textContent = `${celsius.toFixed(1)} °C`;
    draw(byId("trace"), readings, minimum, maximum);
  };
}

function draw(canvas, readings, minimum, maximum) {
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.strokeStyle = "#23404a";
  for (let y = 0; y <= 4; y++) {
    pen.beginPath();
    pen.moveTo(0, Math.round(y * (height - 1) / 4) + .5);
    pen.lineTo(width, Math.round(y * (height - 1) / 4) + .5);
    pen.stroke();
  }
  const span = Math.max(maximum - minimum, 1e-6);
  const step = width / Math.max(readings.length - 1, 60);
  pen.strokeStyle = "#9ff2dc";
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.beginPath();
  readings.forEach((value, i) => pen.lineTo(i * step, height - 4 - (value - minimum) / span * (height - 8)));
  pen.stroke();
}

function uploads(form) {
  form.addEventListener("submit", event => {
    event.preventDefault();
    const file = byId("file").files[0];
    const request = new XMLHttpRequest();
    const bar = byId("progress");
    bar.hidden = false;
    request.upload.onprogress = e => { bar.value = e.total ? e.loaded / e.total : 0; };
    request.onload = () => { byId("result").textContent = `${file.name}: ${request.responseText.trim()}`; };
    request.onerror = () => { byId("result").textContent = "The transfer broke off. Try again."; };
    request.open("POST", form.action);
    request.send(file);
  });
}

live();
if (byId("upload")) uploads(byId("upload"));
