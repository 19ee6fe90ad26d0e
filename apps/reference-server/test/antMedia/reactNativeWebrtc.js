// What `react-native-webrtc` exports, from the browser.
export const { RTCPeerConnection, RTCIceCandidate, RTCSessionDescription, MediaStream, MediaStreamTrack } = window;
export const { mediaDevices } = navigator;
export const RTCView = () => null;
